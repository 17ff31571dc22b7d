/* What the four verbs of `parley image` share: a bundle's folder, and how its measurements are shown. */
#ifndef CLI_IMAGE_H
#define CLI_IMAGE_H

#include "cli.h"

#include "image/bundle.h"

#define IMAGE_MANIFEST "manifest.cbor"
#define IMAGE_SIGNED "manifest.cose"

struct image_files {
	struct buf part[PART_COUNT_];
	struct slice view[PART_COUNT_];
};
void image_files_clear(struct image_files *f);
/* The parts that lie in the folder; ST_IMAGE_BUNDLE for anything else that lies there. */
MUST_USE enum status image_read_parts(struct cli *cli, struct image_files *out, const char *folder);
/* The folder's manifest: read, decoded, and checked against parts and measurements. *bytes: as it stands in the file. */
MUST_USE enum status image_read_checked(struct cli *cli, struct bundle_manifest *out, struct buf *bytes, const char *folder);
/* Checks decoded bytes against the folder. */
MUST_USE enum status image_check_folder(struct cli *cli, struct bundle_manifest *out, struct slice manifest, const char *folder);
/* Text that pastes into a policy's reference_values, and the document of --json. */
void image_show(struct cli *cli, const struct bundle_manifest *m);
void image_path(char out[static 4096], const char *folder, const char *file);

#endif
