#include "structure.h"

const uint8_t protected_sign1[PROTECTED_SIGN1_LEN] = {0xa1, 0x01, 0x27};

void protected_signer(uint8_t out[static PROTECTED_SIGNER_LEN], const uint8_t kid[static ED25519_PUBLIC_LEN])
{
	static const uint8_t head[] = {0xa2, 0x01, 0x27, 0x04, 0x58, ED25519_PUBLIC_LEN};

	memcpy(out, head, sizeof head);
	memcpy(out + sizeof head, kid, ED25519_PUBLIC_LEN);
}

void structure_sign1(struct buf *out, struct slice protected_header, struct slice aad, struct slice payload)
{
	cbor_put_array(out, 4);
	cbor_put_text(out, "Signature1");
	cbor_put_bytes(out, protected_header);
	cbor_put_bytes(out, aad);
	cbor_put_bytes(out, payload);
}

void structure_sign(struct buf *out, struct slice signer_header, struct slice aad, struct slice payload)
{
	cbor_put_array(out, 5);
	cbor_put_text(out, "Signature");
	cbor_put_bytes(out, (struct slice){0});
	cbor_put_bytes(out, signer_header);
	cbor_put_bytes(out, aad);
	cbor_put_bytes(out, payload);
}
