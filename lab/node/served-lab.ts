// A lab with its front: the control plane, served to real clients.

import { getRandomValues } from 'node:crypto';
import { createHostClock, type Pace } from '../clock.ts';
import { createLab, type KeptLab, type Lab } from '../index.ts';
import { createAuthority, type KeyPair } from './certificates.ts';
import { serveHttps } from './https.ts';
import { kubeconfig } from './kubeconfig.ts';

export interface ServedLabOptions {
	nodes: number;
	/** How long phases last: as on a real node, or shortened. */
	pace: Pace;
	/** The port on 127.0.0.1; a free one unless told. */
	port?: number;
	/** What an earlier one left (`ServedLab.keep`): this one goes on from there, for the same clients. */
	kept?: KeptServedLab | undefined;
	/** Told of errors inside the lab that no client caused. */
	report?: (error: unknown) => void;
}

export interface KeptServedLab {
	lab: KeptLab;
	/** Signs the certificates of the server and its clients. */
	authority: KeyPair;
}

export interface ServedLab {
	/** `https://127.0.0.1:6443`. */
	readonly server: string;
	/** A kubeconfig (YAML) of the lab's administrator. */
	readonly kubeconfig: string;
	/** Changes how long phases last, of those that have begun as well. */
	setPace(pace: Pace): void;
	/** Connects as a browser outside the cluster does. */
	readonly visit: Lab['visit'];
	/** The revision of the last change to an object. */
	readonly revision: number;
	keep(): KeptServedLab;
	/** Ends the front and every process and timer of the lab. */
	stop(): Promise<void>;
}

/** Starts a lab and serves it. Rejects where the port cannot be had. */
export async function serveLab({ nodes, pace, port, kept, report }: ServedLabOptions): Promise<ServedLab> {
	const clock = createHostClock(pace);
	const [seed] = getRandomValues(new Uint32Array(1));
	const authority = createAuthority(clock.now(), kept?.authority);
	const lab = createLab({
		nodes,
		clock,
		seed,
		kept: kept?.lab,
		certificateAuthority: authority.certificate,
		signCertificate: (request, options) => authority.signRequest(request, options, clock.now()),
	});
	try {
		const front = await serveHttps(lab.api, { authority, port, report });
		const administrator = authority.issueClient('kubernetes-admin', ['kubeadm:cluster-admins']);
		return {
			server: front.url,
			kubeconfig: kubeconfig(front.url, authority, administrator),
			visit: lab.visit,
			setPace(next) {
				clock.pace = next;
			},
			get revision() {
				return lab.revision;
			},
			keep: () => ({
				lab: lab.keep(),
				authority: { certificate: authority.certificate, key: authority.key },
			}),
			async stop() {
				lab.stop();
				await front.close();
			},
		};
	} catch (error) {
		lab.stop();
		throw error;
	}
}
