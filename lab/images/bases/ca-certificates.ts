// What Debian's package ca-certificates brings: the public authorities, and openssl, which it needs.
import { publicAuthority } from '../../network/certificates.ts';
import type { FileTree } from '../../runtime/files.ts';
import { openssl } from '../../runtime/programs/openssl/openssl.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { programs } from './debian.ts';

/** A layer of its own, for images based on Debian. */
export const caCertificates: FileTree = {
	etc: { ssl: { certs: { 'ca-certificates.crt': publicAuthority } } },
	usr: { bin: programs({ openssl: programOf(openssl, 'gnu') }) },
};
