// The pages of Jenkins, in the lab's own words and looks.
import { escapeHtml } from '../escape-html.ts';

const style = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #14141f; }
h1 { font-size: 1.75rem; } code { background: #eee; padding: .1em .3em; } input { font: inherit; width: 100%; padding: .4em; }
button { font: inherit; margin-top: 1rem; padding: .4em 1.2em; } .error { color: #b00020; }`;

function page(title: string, body: string): string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head><body>${body}</body></html>\n`;
}

export const gettingReady = page(
	'Starting Jenkins',
	'<h1>Please wait while Jenkins is getting ready to work&nbsp;…</h1><p>Your browser will reload automatically when Jenkins is ready.</p><script>setTimeout(() => location.reload(), 5000)</script>',
);

/** Asks for the initial password; `from` is where to go on. */
export function unlock(prefix: string, home: string, failed: boolean): string {
	return page(
		'Sign in - Jenkins',
		`<h1>Unlock Jenkins</h1>
<p>A password has been written to the log and to this file, so that only whoever runs this server can set it up:</p>
<p><code>${escapeHtml(home)}/secrets/initialAdminPassword</code></p>
<form method="post" action="${escapeHtml(prefix)}/j_spring_security_check">
<input type="hidden" name="j_username" value="admin">
<label for="security-token">Administrator password</label>
<input type="password" id="security-token" name="j_password" required>
${failed ? '<p class="error" role="alert">The password entered is incorrect.</p>' : ''}
<button>Continue</button></form>`,
	);
}

export function dashboard(version: string): string {
	return page(
		'Dashboard - Jenkins',
		`<h1>Welcome to Jenkins!</h1><p>This is Jenkins ${version}, signed in as admin. The lab's Jenkins has no plugins to install and no jobs to run: it starts, keeps its home, and answers here.</p>`,
	);
}

/** What an anonymous visitor gets in place of a page. */
export function authenticationRequired(login: string): string {
	return `<html><head><meta http-equiv='refresh' content='1;url=${escapeHtml(login)}'/></head><body style='background-color:white; color:white;'>
Authentication required
<!--
-->

</body></html>
`;
}
