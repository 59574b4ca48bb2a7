// luksa/kubia-pet, a pet of the book Kubernetes in Action: an application on Node.js 7 that stores what is posted
// to it in /var/data/kubia.txt, and answers with its host name and what it has stored. All that it does is here;
// the source in /app.js is not.

import { kubiaRepository, storedData } from './application.ts';

export const kubiaPet = kubiaRepository(
	'docker.io/luksa/kubia-pet',
	'New data has been received and stored.',
	async function* (process) {
		yield `You've hit ${process.hostname}\n`;
		yield `Data stored on this pod: ${storedData(process)}\n`;
	},
);
