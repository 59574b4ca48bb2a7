// A simulated github.com with the one repository that exercises clone, octocat/Spoon-Knife: its pages are
// our own. It speaks a small protocol of the lab's git instead of git's packs: the references as
// `info/refs` lists them, and a commit with its files as JSON.
import type { HttpRequest, HttpResponse } from '../http.ts';
import type { OutsideHost } from '../outside.ts';

/** A commit as the lab's git takes it from a remote. */
export interface RemoteCommit {
	id: string;
	branch: string;
	author: string;
	email: string;
	/** Milliseconds since 1970. */
	at: number;
	subject: string;
	files: Record<string, string>;
}

const spoonKnife: RemoteCommit = {
	id: '5b1d1a4c9e0f47d6a2838c0d6e7f90a1b2c3d4e5',
	branch: 'main',
	author: 'The Octocat',
	email: 'octocat@nowhere.example',
	at: Date.UTC(2014, 1, 12, 23, 20, 44),
	subject: 'Set the table with a spoon and a knife',
	files: {
		'README.md': `# Spoon-Knife

A small site to practise with: clone it, change a line, and see what stays.
`,
		'index.html': `<!DOCTYPE html>
<html lang="en">
<head>
	<meta charset="utf-8">
	<title>Spoon-Knife</title>
	<link rel="stylesheet" href="styles.css">
</head>
<body>
	<h1>Spoon, meet knife</h1>
	<p>This page was set by octocat.</p>
</body>
</html>
`,
		'styles.css': `body {
	max-width: 40rem;
	margin: 4rem auto;
	font-family: sans-serif;
}
`,
	},
};

const repositories: Record<string, RemoteCommit> = { '/octocat/spoon-knife': spoonKnife };

const text = (status: number, type: string, body: string): HttpResponse => ({
	status,
	headers: [['Content-Type', type]],
	body: new TextEncoder().encode(body),
});

export function createGitHub(): OutsideHost {
	return {
		name: 'github.com',
		address: '203.0.113.10',
		handle(request: HttpRequest): HttpResponse {
			const path = request.target.split('?')[0].toLowerCase();
			const [, name = path, rest = ''] = /^(\/[^/]+\/[^/]+?)(?:\.git)?(\/.*)?$/.exec(path) ?? [];
			const commit = Object.hasOwn(repositories, name) ? repositories[name] : undefined;
			if (!commit) return text(404, 'text/plain; charset=utf-8', 'Not Found');
			if (rest === '/info/refs')
				return text(200, 'text/plain', `${commit.id}\tHEAD\n${commit.id}\trefs/heads/${commit.branch}\n`);
			if (rest === `/commit/${commit.id}`) return text(200, 'application/json', JSON.stringify(commit));
			if (rest === '' || rest === '/')
				return text(200, 'text/html; charset=utf-8', `<h1>${name.slice(1)}</h1>\n<p>${commit.subject}</p>\n`);
			return text(404, 'text/plain; charset=utf-8', 'Not Found');
		},
	};
}
