/* The signature section of an EIF: CBOR as serde writes it, [{"signing_certificate": [bytes of the PEM], "signature": [bytes of a COSE_Sign1]}],
 * every byte an integer of an array; the payload is {"register_index": 0, "register_value": [48 bytes of PCR0]}. */
#ifndef IMAGE_EIF_SIGNATURE_H
#define IMAGE_EIF_SIGNATURE_H

#include "image/eif.h"

void eif_image_pcrs(struct eif_pcrs *out, const struct eif *eif); /* 0, 1 and 2 */
void eif_certificate_pcr(uint8_t out[static SHA384_LEN], struct slice der);
/* pcr8 is written only on ST_OK. */
MUST_USE enum status eif_signature_check(uint8_t pcr8[static SHA384_LEN], struct slice section, const uint8_t pcr0[static SHA384_LEN]);

#endif
