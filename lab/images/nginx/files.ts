// The files of the nginx image: its configuration, its pages, and the entry point's scripts.
import type { FileTree } from '../../runtime/files.ts';

const nginxConf = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;

    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const defaultConf = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    # The pages of server errors are static.
    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const types: Record<string, string> = {
	'text/html': 'html htm shtml',
	'text/css': 'css',
	'text/xml': 'xml',
	'image/gif': 'gif',
	'image/jpeg': 'jpeg jpg',
	'application/javascript': 'js',
	'application/atom+xml': 'atom',
	'application/rss+xml': 'rss',
	'text/plain': 'txt',
	'image/png': 'png',
	'image/svg+xml': 'svg svgz',
	'image/webp': 'webp',
	'image/x-icon': 'ico',
	'font/woff': 'woff',
	'font/woff2': 'woff2',
	'application/json': 'json',
	'application/pdf': 'pdf',
	'application/zip': 'zip',
	'application/wasm': 'wasm',
	'application/octet-stream': 'bin exe dll iso img',
	'audio/mpeg': 'mp3',
	'video/mp4': 'mp4',
	'video/webm': 'webm',
};
const mimeTypes = `\ntypes {\n${Object.entries(types)
	.map(([type, extensions]) => `    ${type.padEnd(48)} ${extensions};\n`)
	.join('')}}\n`;

export const configurationFiles: FileTree = {
	'nginx.conf': nginxConf,
	'mime.types': mimeTypes,
	'conf.d': { 'default.conf': defaultConf },
	modules: { $link: '/usr/lib/nginx/modules' },
};

const page = (title: string, body: string) =>
	`<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n${body}\n</body>\n</html>\n`;

export const htmlFiles: FileTree = {
	'index.html': page(
		'Welcome to nginx!',
		'<p>This page comes from the image: the web server runs, and nobody has given\nit pages of its own yet.</p>',
	),
	'50x.html': page('An error occurred.', '<p>The page is not available at the moment.</p>'),
};

const entrypoint = `#!/bin/sh
set -e

say() {
    if [ -z "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$0: $*"
    fi
}

if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if [ -n "$(ls -A /docker-entrypoint.d/ 2>/dev/null)" ]; then
        say "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        say "Looking for shell scripts in /docker-entrypoint.d/"
        for script in /docker-entrypoint.d/*; do
            case "$script" in
                *.envsh)
                    if [ -x "$script" ]; then
                        say "Sourcing $script"
                        . "$script"
                    else
                        say "Ignoring $script, not executable"
                    fi
                    ;;
                *.sh)
                    if [ -x "$script" ]; then
                        say "Launching $script"
                        "$script"
                    else
                        say "Ignoring $script, not executable"
                    fi
                    ;;
                *) say "Ignoring $script" ;;
            esac
        done
        say "Configuration complete; ready for start up"
    else
        say "No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`;

const listenOnIpv6 = `#!/bin/sh
# Lets the default server listen on IPv6 as well, where its file is the packaged one.
set -e
me=10-listen-on-ipv6-by-default.sh
say() { [ -n "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$me: $*"; }
file=/etc/nginx/conf.d/default.conf

if [ ! -f $file ]; then
    say "info: $file is not a file or does not exist"
    exit 0
fi
if ! touch $file 2>/dev/null; then
    say "info: can not modify $file (read-only file system?)"
    exit 0
fi
if grep -q "listen  *\\[::]:80;" $file; then
    say "info: IPv6 listen already enabled"
    exit 0
fi
say "info: Getting the checksum of $file"
sed -i -E 's,listen       80;,listen       80;\\n    listen  [::]:80;,' $file
say "info: Enabled listen on IPv6 in $file"
`;

const localResolvers = `#!/bin/sh
# Gives templates the name servers, where they ask for them.
[ "\${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ] || return 0
NGINX_LOCAL_RESOLVERS=$(awk '/^nameserver/ { print $2 }' /etc/resolv.conf)
export NGINX_LOCAL_RESOLVERS
`;

const templates = `#!/bin/sh
# Fills in templates from the environment.
set -e
templates="\${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
output="\${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}"
[ -d "$templates" ] || exit 0
for template in "$templates"/*.template; do
    [ -f "$template" ] || continue
    target="$output/$(basename "$template" .template)"
    [ -n "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "20-envsubst-on-templates.sh: Running envsubst on $template to $target"
    envsubst < "$template" > "$target"
done
`;

const tuneWorkers = `#!/bin/sh
# Sets the number of workers by the CPUs, where it is asked to.
[ "\${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
sed -i -E "s/^(worker_processes)(.*)$/\\1 $(nproc);/" /etc/nginx/nginx.conf
`;

const script = (text: string) => ({ $file: text, mode: 0o755 });

export const entrypointFiles: FileTree = {
	'docker-entrypoint.sh': script(entrypoint),
	'docker-entrypoint.d': {
		'10-listen-on-ipv6-by-default.sh': script(listenOnIpv6),
		'15-local-resolvers.envsh': script(localResolvers),
		'20-envsubst-on-templates.sh': script(templates),
		'30-tune-worker-processes.sh': script(tuneWorkers),
	},
};
