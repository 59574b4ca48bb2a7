// A chapter of three slides in the markup that the site's build makes.

/** The site's tokens, light and dark. */
const tokens = `
:root { --color-background:#fff; --color-surface:#f6f8fa; --color-text:#1f2328; --color-muted:#59636e; --color-border:#d1d9e0;
 --color-accent:#0b57b0; --color-on-accent:#fff; --color-passed:#1a6b3c; --color-failed:#b3261e; --color-running:#7a5200;
 --font-text:system-ui,sans-serif; --font-code:ui-monospace,monospace; --radius:6px; --shadow:0 2px 12px rgb(0 0 0/.18); color-scheme: light }
:root[data-theme=dark] { --color-background:#12161c; --color-surface:#1a2029; --color-text:#e6eaf0; --color-muted:#9aa7b6; --color-border:#333c49;
 --color-accent:#82b1ff; --color-on-accent:#10151c; --color-passed:#7bd88f; --color-failed:#ff8a80; --color-running:#f2c55c; color-scheme: dark }`;

export type View = 'page' | 'deck' | 'speaker';

export function chapterPage(view: View, theme = 'light'): string {
	const terminals = '<slidecar-terminals></slidecar-terminals>';
	const main = `<main class="slides">${slides}</main>`;
	const body = {
		page: `<nav><a href="#start">Start</a><a href="#create">Create</a><a href="#end">End</a></nav>${main}${terminals}`,
		deck: `<slidecar-deck>${main}</slidecar-deck>${terminals}`,
		speaker: `<slidecar-speaker data-minutes="25">${main}</slidecar-speaker>`,
	}[view];
	return `<!doctype html><html lang="en" data-view="${view}" data-theme="${theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>A chapter</title>
<style>${tokens}</style><link rel="stylesheet" href="/${view}.css"></head>
<body data-chapter="chapter" data-base="/">${body}<script type="module" src="/${view}.js"></script></body></html>`;
}

function command(exercise: string, step: number, text: string, terminal = 'main'): string {
	return `<slidecar-step class="step" data-state="idle" data-kind="command" data-exercise="${exercise}" data-step="${step}"
 data-digest="digest-${exercise}-${step}" data-terminal="${terminal}" data-command="${text}"><pre><code>${text}</code></pre>
 <div class="step-bar"><button type="button" data-run>Run</button><button type="button" data-copy>Copy</button>
 <output class="step-status" aria-live="polite"></output></div></slidecar-step>`;
}

const manifest = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: ???\n';

const slides = `
<section class="slide" id="start" data-slide data-increments="2"><h2>Stateful web apps</h2>
 <p>A pod that is replaced loses what it wrote. This chapter finds out when, and what to do about it.</p>
 <div class="increment" data-increment="2" id="start.2"><ul><li>Replicas with names of their own</li><li>Storage that outlives its pod</li></ul></div>
 <aside class="speaker-notes" hidden><p>Ask who has lost data before.</p></aside></section>
<section class="slide" id="create" data-slide data-increments="1"><h2>Create the set</h2>
 <slidecar-exercise class="exercise" id="exercise-create" data-exercise="create" data-digest="digest-create" role="group" aria-labelledby="exercise-create-title">
 <p class="exercise-title" id="exercise-create-title">Create the set</p>
 <button type="button" data-catch-up>Start here</button>
 <ul><li>Apply the manifest: ${command('create', 0, 'kubectl apply -f web.yaml')}</li>
 <li>Watch it in a second terminal: ${command('create', 1, 'kubectl get pods -w', 'watch')}</li></ul>
 <slidecar-step class="step" data-state="idle" data-kind="file" data-file="web.yaml" data-exercise="create" data-step="2" data-digest="digest-create-2">
 <label for="file-create-2">web.yaml</label><textarea id="file-create-2" data-field spellcheck="false" rows="4">\n${manifest}</textarea>
 <div class="step-bar"><button type="button" data-save>Save</button><button type="button" data-restore>Start again</button>
 <output class="step-status" aria-live="polite"></output></div></slidecar-step>
 </slidecar-exercise>
 <slidecar-check class="check" data-state="idle" data-check="ready" data-for="create" data-digest="digest-ready"><span class="check-title">Both pods are ready</span>
 <button type="button" data-run>Check</button><output class="step-status" aria-live="polite"></output></slidecar-check>
 <details class="solution" data-for="create"><summary>Solution</summary><div class="solution-file" data-solution-file="web.yaml"><pre><code>kind: Pod</code></pre>
 <button type="button" data-use-solution>Use this</button></div></details>
 <aside class="speaker-notes" hidden><p>Wait for both pods.</p></aside></section>
<section class="slide" id="aside" data-slide data-increments="1" data-extra><h2>Aside</h2><p>For who wants more.</p></section>
<section class="slide" id="end" data-slide data-increments="1"><h2>The end</h2><p>Persistent storage is needed.</p>
 <slidecar-exercise class="exercise" id="exercise-clean-up" data-exercise="clean-up" data-digest="digest-clean-up">
 <p class="exercise-title">Remove it all</p></slidecar-exercise></section>`;
