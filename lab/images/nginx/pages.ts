// The pages that nginx makes itself: errors and directory listings.

import { reasons } from '../../network/http.ts';
import type { FileStatus } from '../../runtime/files.ts';
import { strftime } from '../../runtime/programs/dates.ts';
import { escapeHtml } from '../escape-html.ts';

const titles: Record<number, string> = {
	...reasons,
	408: 'Request Time-out',
	413: 'Request Entity Too Large',
};

export function errorPage(status: number, server: string): string {
	const title = `${status} ${titles[status] ?? ''}`.trim();
	return [
		'<html>',
		`<head><title>${title}</title></head>`,
		'<body>',
		`<center><h1>${title}</h1></center>`,
		`<hr><center>${server}</center>`,
		'</body>',
		'</html>',
		'',
	].join('\r\n');
}

/** A directory's entries as ngx_http_autoindex_module lists them: directories first, names cut to 50 letters. */
export function directoryListing(
	path: string,
	entries: readonly { name: string; status: FileStatus }[],
): string {
	const isDirectory = (entry: { status: FileStatus }) => entry.status.kind === 'directory';
	const sorted = [...entries].sort(
		(a, b) => Number(isDirectory(b)) - Number(isDirectory(a)) || (a.name < b.name ? -1 : 1),
	);
	const lines = sorted.map((entry) => {
		const name = isDirectory(entry) ? `${entry.name}/` : entry.name;
		const shown = name.length > 50 ? `${name.slice(0, 47)}..>` : name;
		const padding = ' '.repeat(Math.max(0, 50 - shown.length));
		const date = strftime('%d-%b-%Y %H:%M', entry.status.modifiedAt);
		const size = (isDirectory(entry) ? '-' : String(entry.status.size)).padStart(19);
		return `<a href="${encodeURIComponent(entry.name)}${isDirectory(entry) ? '/' : ''}">${escapeHtml(shown)}</a>${padding} ${date} ${size}\r\n`;
	});
	const title = escapeHtml(path);
	return `<html>\r\n<head><title>Index of ${title}</title></head>\r\n<body>\r\n<h1>Index of ${title}</h1><hr><pre><a href="../">../</a>\r\n${lines.join('')}</pre><hr></body>\r\n</html>\r\n`;
}
