// The files of the httpd image: its configuration, its page, the media types, and the script that starts it.
import type { FileTree } from '../../runtime/files.ts';

const configuration = (user: string) => `# The main configuration of the Apache HTTP server.
ServerRoot "/usr/local/apache2"

Listen 80

LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule mime_module modules/mod_mime.so
LoadModule log_config_module modules/mod_log_config.so
LoadModule headers_module modules/mod_headers.so
LoadModule autoindex_module modules/mod_autoindex.so
LoadModule dir_module modules/mod_dir.so
LoadModule alias_module modules/mod_alias.so
LoadModule unixd_module modules/mod_unixd.so

<IfModule unixd_module>
User ${user}
Group ${user}
</IfModule>

ServerAdmin you@example.com
#ServerName www.example.com:80

<Directory />
    AllowOverride none
    Require all denied
</Directory>

DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

<Files ".ht*">
    Require all denied
</Files>

ErrorLog /proc/self/fd/2
LogLevel warn

<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog /proc/self/fd/1 common
</IfModule>

<IfModule mime_module>
    TypesConfig conf/mime.types
</IfModule>
`;

const types: Record<string, string> = {
	'application/javascript': 'js',
	'application/json': 'json',
	'application/octet-stream': 'bin',
	'application/pdf': 'pdf',
	'application/xml': 'xml xsl',
	'application/zip': 'zip',
	'font/woff2': 'woff2',
	'image/gif': 'gif',
	'image/jpeg': 'jpeg jpg',
	'image/png': 'png',
	'image/svg+xml': 'svg svgz',
	'image/x-icon': 'ico',
	'text/css': 'css',
	'text/csv': 'csv',
	'text/html': 'html htm',
	'text/plain': 'txt text conf log',
};
const mimeTypes = Object.entries(types)
	.map(([type, extensions]) => `${type.padEnd(40)}${extensions}\n`)
	.join('');

const start = `#!/bin/sh
set -e
# A file that an earlier run has left would keep httpd from starting.
rm -f /usr/local/apache2/logs/httpd.pid
exec httpd -DFOREGROUND "$@"
`;

/** What lies in /usr/local/apache2, without the binary; `user` is the account of the children. */
export function serverFiles(user: string): FileTree {
	return {
		'cgi-bin': {},
		conf: { 'httpd.conf': configuration(user), 'mime.types': mimeTypes, extra: {} },
		htdocs: { 'index.html': '<html><body><h1>It works!</h1></body></html>\n' },
		logs: {},
		modules: {},
	};
}

export const startScript: FileTree = { 'httpd-foreground': { $file: start, mode: 0o755 } };
