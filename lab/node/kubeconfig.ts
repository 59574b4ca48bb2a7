// The file that tells a Kubernetes client where a lab is and who it is there.

import type { Authority, KeyPair } from './certificates.ts';

const base64 = (pem: string) => Buffer.from(pem).toString('base64');

/** A kubeconfig (YAML) with one cluster, one user and one context, which is the current one. */
export function kubeconfig(server: string, authority: Authority, client: KeyPair): string {
	return `apiVersion: v1
kind: Config
clusters:
- name: slidecar
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority.certificate)}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${base64(client.certificate)}
    client-key-data: ${base64(client.key)}
contexts:
- name: slidecar
  context:
    cluster: slidecar
    namespace: default
    user: kubernetes-admin
current-context: slidecar
preferences: {}
`;
}
