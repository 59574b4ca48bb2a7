// What a session needs of a lab: a cluster for one chapter.
import type { Duplex } from 'node:stream';
import type { LabKind } from '../protocol.ts';

export interface ChapterLab {
	/** A kubeconfig that reaches it alone; undefined where there is no cluster. */
	kubeconfig: string | undefined;
	/** While on, the lab's phases are as short as they can be; a lab that cannot hurry goes on as it does. */
	hurry?(on: boolean): Promise<void>;
	/**
	 * A connection to what the cluster opens to the outside, and what a browser calls the host; undefined where
	 * the lab is no part of the server. Rejects with why there is none, in words for people.
	 */
	visit?(host: string, port?: number): Promise<{ authority: string; stream: Duplex }>;
	/** Ends the lab and whatever runs in it. */
	remove(): Promise<void>;
}

export interface LabProvider {
	readonly kind: LabKind;
	/** What learners are told that they work on, in a sentence. */
	readonly description: string;
	/** @throws Error that says why there is no lab, and the mend. */
	create(options: { nodes: number }): Promise<ChapterLab>;
	close(): Promise<void>;
}
