"""The measurements of an enclave image computed a second time, from the formats' own descriptions and with Python's library alone."""
import hashlib
import struct
import uuid
import zlib

PAGE = 4096


def sha384(data):
    return hashlib.sha384(data).digest()


def extend(data):
    return sha384(bytes(48) + sha384(data)).hex()


# ---- H over CBOR, and the software TEE's measurement ----
def cbor_head(major, n):
    for limit, info, form in ((24, None, None), (1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q")):
        if n < limit:
            return bytes([major << 5 | (n if info is None else info)]) + (b"" if info is None else struct.pack(form, n))
    raise ValueError(n)


def cbor(item):
    if isinstance(item, int):
        return cbor_head(0, item)
    if isinstance(item, bytes):
        return cbor_head(2, len(item)) + item
    if isinstance(item, str):
        return cbor_head(3, len(item.encode())) + item.encode()
    return cbor_head(4, len(item)) + b"".join(cbor(i) for i in item)


def parley_hash(label, *items):
    return hashlib.blake2b(cbor([label, *items]), digest_size=64).digest()


def software(files, configuration):
    """files: name to bytes"""
    hashes = [[name, hashlib.blake2b(data, digest_size=64).digest()] for name, data in files.items()]
    return parley_hash("parley/measure/v1", *sorted(hashes + [["/configuration", configuration]])).hex()


# ---- newc ----
def read_cpio(data):
    """name to (mode, bytes); everything but names, sizes, modes and inodes must be constant"""
    files, at, inode = {}, 0, 1
    while True:
        assert data[at:at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        number, mode, uid, gid, links, when, size, *devices, name_size, check = fields
        name = data[at + 110:at + 110 + name_size - 1].decode()
        at += (110 + name_size + 3) // 4 * 4
        if name == "TRAILER!!!":
            assert at == len(data)
            return files
        assert (number, uid, gid, when, devices, check) == (inode, 0, 0, 0, [0, 0, 0, 0], 0), name
        assert links == (2 if mode == 0o40755 else 1)
        files[name] = (mode, data[at:at + size])
        at += (size + 3) // 4 * 4
        inode += 1


# ---- EIF ----
def read_eif(data):
    magic, version, flags, _memory, _cpus, reserved, n = struct.unpack(">4sHHQQHH", data[:28])
    offsets = struct.unpack(">32Q", data[28:284])
    sizes = struct.unpack(">32Q", data[284:540])
    unused, crc = struct.unpack(">II", data[540:548])
    assert (magic, version, flags, reserved, unused) == (b".eif", 4, 0, 0, 0)
    assert crc == zlib.crc32(data[:544] + data[548:])
    sections = []
    for offset, size in zip(offsets[:n], sizes[:n]):
        kind, section_flags, length = struct.unpack(">HHQ", data[offset:offset + 12])
        assert (section_flags, length) == (0, size)
        sections.append((kind, data[offset + 12:offset + 12 + size]))
    assert offsets[n - 1] + 12 + sizes[n - 1] == len(data)
    return sections


def eif_pcrs(sections):
    kernel, = (b for k, b in sections if k == 1)
    cmdline, = (b for k, b in sections if k == 2)
    ramdisks = [b for k, b in sections if k == 3]
    return {"pcr0": extend(kernel + cmdline + b"".join(ramdisks)), "pcr1": extend(kernel + cmdline + ramdisks[0]),
            "pcr2": extend(b"".join(ramdisks[1:]))}


# ---- firmware: a table of GUIDs, read and made ----
SEV_METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc"
SEV_HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454"
SEV_RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
TDVF_METADATA = "e47a6535-984a-4798-865e-4685a7bf8ec2"
FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d"
SEV_SECTIONS = [(0x800000, 0x9000, 1), (0x80a000, 0x3000, 1), (0x80d000, 0x1000, 2), (0x80e000, 0x1000, 3), (0x80f000, 0x1000, 16),
                (0x810000, 0x10000, 1)]
# offset, raw size, address, size, type, attributes
TDVF_SECTIONS = [(0x1000, 0x3000, 0xffffd000, 0x3000, 0, 1), (0, 0, 0x809000, 0x2000, 2, 0), (64, 200, 0x810000, 0x2000, 3, 1),
                 (0, 0, 0x1000000, 0x40000000, 4, 2)]


def guid(text):
    return uuid.UUID(text).bytes_le


def make_firmware(size=0x4000):
    data = bytearray((i * 31 + i // 256) & 0xff for i in range(size))
    sev = b"ASEV" + struct.pack("<III", 16 + 12 * len(SEV_SECTIONS), 1, len(SEV_SECTIONS)) + b"".join(struct.pack("<III", *s) for s in SEV_SECTIONS)
    tdvf = b"TDVF" + struct.pack("<III", 16 + 32 * len(TDVF_SECTIONS), 1, len(TDVF_SECTIONS)) + b"".join(struct.pack("<IIQQII", *s) for s in TDVF_SECTIONS)
    data[0x2000:0x2000 + len(sev)] = sev
    data[0x2200:0x2200 + len(tdvf)] = tdvf
    table = b""
    for name, value in ((SEV_RESET, struct.pack("<I", 0x80b004)), (SEV_HASHES, struct.pack("<II", 0x80fc00, 0x400)),
                        (TDVF_METADATA, struct.pack("<I", size - 0x2200)), (SEV_METADATA, struct.pack("<I", size - 0x2000))):
        table += value + struct.pack("<H", len(value) + 18) + guid(name)
    table += struct.pack("<H", len(table) + 18) + guid(FOOTER)
    data[size - 32 - len(table):size - 32] = table
    return bytes(data)


def table_of(data):
    end = len(data) - 32
    assert data[end - 16:end] == guid(FOOTER)
    table, entries = data[end - struct.unpack("<H", data[end - 18:end - 16])[0]:end - 18], {}
    while table:
        length = struct.unpack("<H", table[-18:-16])[0]
        entries[str(uuid.UUID(bytes_le=table[-16:]))] = table[-length:-18]
        table = table[:-length]
    return entries


def block_of(data, name):
    return data[len(data) - struct.unpack("<I", table_of(data)[name][:4])[0]:]


# ---- SNP ----
def page_info(digest, kind, address, contents):
    return sha384(digest + contents + struct.pack("<HBBBBBBQ", 0x70, kind, 0, 0, 0, 0, 0, address))


def hashes_page(offset, kernel, initrd, cmdline):
    def entry(name, data):
        return guid(name) + struct.pack("<H", 50) + hashlib.sha256(data).digest()
    table = guid("9438d606-4f22-4cc9-b479-a793d411fd21") + struct.pack("<H", 168)
    table += entry("97d02dd8-bd20-4c94-aa78-e7714d36ab2a", cmdline + b"\0")
    table += entry("44baf731-3a2f-4bd7-9af1-41e29169781d", initrd) + entry("4de79437-abd2-427f-b835-d5b172d2045b", kernel)
    return (bytes(offset) + table).ljust(PAGE, b"\0")


def vmsa(eip, signature):
    def segment(selector, attributes, base=0):
        return struct.pack("<HHIQ", selector, attributes, 0xffff, base)
    page = bytearray(PAGE)
    data = segment(0, 0x93)
    page[:160] = b"".join([data, segment(0xf000, 0x9b, eip & 0xffff0000), segment(0, 0x93), data, data,
                           data, segment(0, 0), segment(0, 0x82), segment(0, 0), segment(0, 0x8b)])
    for offset, value in ((0xd0, 0x1000), (0x148, 0x40), (0x158, 0x10), (0x160, 0x400), (0x168, 0xffff0ff0), (0x170, 2), (0x178, eip & 0xffff),
                          (0x268, 0x7040600070406), (0x310, signature), (0x3b0, 1), (0x3e8, 1)):
        page[offset:offset + 8] = struct.pack("<Q", value)
    return bytes(page)


def snp_digest(firmware, kernel, initrd, cmdline, vcpus, signature):
    digest, table = bytes(48), table_of(firmware)
    for at in range(0, len(firmware), PAGE):
        digest = page_info(digest, 1, (1 << 32) - len(firmware) + at, sha384(firmware[at:at + PAGE]))
    metadata = block_of(firmware, SEV_METADATA)
    sections = [struct.unpack("<III", metadata[16 + 12 * i:28 + 12 * i]) for i in range(struct.unpack("<I", metadata[12:16])[0])]
    hashes, = struct.unpack("<I", table[SEV_HASHES][:4])
    for address, size, kind in sections:
        if kind == 2:
            digest = page_info(digest, 5, address, bytes(48))
        elif kind == 3:
            digest = page_info(digest, 6, address, bytes(48))
        elif kind == 16:
            digest = page_info(digest, 1, hashes & ~0xfff, sha384(hashes_page(hashes & 0xfff, kernel, initrd, cmdline)))
        else:
            for at in range(0, size, PAGE):
                digest = page_info(digest, 3, address + at, bytes(48))
    reset, = struct.unpack("<I", table[SEV_RESET][:4])
    for i in range(vcpus):
        digest = page_info(digest, 2, 0xfffffffff000, sha384(vmsa(reset if i else 0xfffffff0, signature)))
    return digest.hex()


# ---- TDX ----
def mrtd(firmware, page_by_page):
    digest, metadata = hashlib.sha384(), block_of(firmware, TDVF_METADATA)

    def block(name, address):
        digest.update(name.ljust(16, b"\0") + struct.pack("<Q", address) + bytes(104))

    def measure(page, address):
        for at in range(0, PAGE, 256):
            block(b"MR.EXTEND", address + at)
            digest.update(page[at:at + 256])

    for i in range(struct.unpack("<I", metadata[12:16])[0]):
        offset, raw, address, size, _kind, attributes = struct.unpack("<IIQQII", metadata[16 + 32 * i:48 + 32 * i])
        if attributes & 2:
            continue
        data = firmware[offset:offset + raw].ljust(size, b"\0")
        for at in range(0, size, PAGE):
            block(b"MEM.PAGE.ADD", address + at)
            if attributes & 1 and page_by_page:
                measure(data[at:at + PAGE], address + at)
        if attributes & 1 and not page_by_page:
            for at in range(0, size, PAGE):
                measure(data[at:at + PAGE], address + at)
    return digest.hexdigest()
