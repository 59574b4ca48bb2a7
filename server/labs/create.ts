// The lab that the command line asks for.
import { kubectlPath } from '../kubectl/kubectl.ts';
import type { LabKind } from '../protocol.ts';
import { createEmbeddedLab } from './embedded.ts';
import { createKubeconfigLab } from './kubeconfig.ts';
import type { LabProvider } from './lab.ts';
import { createNoLab } from './none.ts';

export interface LabChoice {
	lab: LabKind;
	kubeconfig?: string | undefined;
	context?: string | undefined;
	pace: 'real' | 'fast';
}

/**
 * The lab, and the kubectl that its shells use; without a lab, whatever kubectl the host has.
 * @param onError told of an error inside a lab.
 * @throws Error where either is not to be had.
 */
export async function createLabProvider(
	choice: LabChoice,
	onError: (error: Error) => void,
): Promise<{ lab: LabProvider; kubectl: string | undefined }> {
	if (choice.lab === 'none') return { lab: createNoLab(), kubectl: undefined };
	const kubectl = await kubectlPath();
	if (choice.lab === 'embedded') return { lab: await createEmbeddedLab(choice.pace, onError), kubectl };
	const { kubeconfig, context } = choice;
	const lab = await createKubeconfigLab({
		kubectl,
		...(kubeconfig === undefined ? {} : { kubeconfig }),
		...(context === undefined ? {} : { context }),
	});
	return { lab, kubectl };
}
