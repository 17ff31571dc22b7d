#include "eif_signature.h"
#include "image/eif.h"

static void extend(uint8_t out[static SHA384_LEN], struct sha2 *contents)
{
	static const uint8_t zeros[SHA384_LEN];
	uint8_t hash[SHA384_LEN];
	struct sha2 s;

	sha2_end(contents, hash);
	sha384_begin(&s);
	sha2_update(&s, slice_of(zeros, sizeof zeros));
	sha2_update(&s, slice_of(hash, sizeof hash));
	sha2_end(&s, out);
}

void eif_image_pcrs(struct eif_pcrs *out, const struct eif *e)
{
	struct sha2 image, boot, app;

	sha384_begin(&image);
	sha384_begin(&boot);
	sha384_begin(&app);
	sha2_update(&image, e->kernel);
	sha2_update(&image, e->cmdline);
	sha2_update(&boot, e->kernel);
	sha2_update(&boot, e->cmdline);
	for (size_t i = 0; i < e->n_ramdisks; i++) {
		sha2_update(&image, e->ramdisk[i]);
		sha2_update(i == 0 ? &boot : &app, e->ramdisk[i]);
	}
	extend(out->pcr0, &image);
	extend(out->pcr1, &boot);
	extend(out->pcr2, &app);
}

void eif_certificate_pcr(uint8_t out[static SHA384_LEN], struct slice der)
{
	struct sha2 s;

	sha384_begin(&s);
	sha2_update(&s, der);
	extend(out, &s);
}

enum status eif_measure(struct eif_pcrs *out, const struct eif *e)
{
	struct eif_pcrs pcrs = {.is_signed = e->signature.len > 0};
	enum status st = ST_OK;

	eif_image_pcrs(&pcrs, e);
	if (pcrs.is_signed)
		TRY(eif_signature_check(pcrs.pcr8, e->signature, pcrs.pcr0));
	*out = pcrs;
out:
	return st;
}
