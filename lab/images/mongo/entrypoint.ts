// The image's entry point script: options alone are mongod's, mongod listens on all addresses unless it is told
// where, and the scripts of /docker-entrypoint-initdb.d run before a new database is served. Unlike the real one it
// goes on as root, and makes no users.

export function entrypointScript(shell: 'mongo' | 'mongosh', bindsAll: boolean): string {
	const bind = bindsAll
		? `
	bound=
	for argument; do
		case "$argument" in
			--bind_ip|--bind_ip=*|--bind_ip_all|--config|--config=*|-f) bound=1 ;;
		esac
	done
	if [ -z "$bound" ]; then
		set -- "$@" --bind_ip_all
	fi
`
		: '';
	return `#!/bin/bash
set -Eeuo pipefail

if [ "\${1:0:1}" = '-' ]; then
	set -- mongod "$@"
fi

if [ "$1" = 'mongod' ]; then
	folder=/data/db
	previous=
	for argument; do
		case "$argument" in --dbpath=*) folder="\${argument#--dbpath=}" ;; esac
		if [ "$previous" = '--dbpath' ]; then folder="$argument"; fi
		previous="$argument"
	done
	scripts="$(ls /docker-entrypoint-initdb.d 2>/dev/null || true)"
	if [ -n "$scripts" ] && [ ! -e "$folder/WiredTiger" ]; then
		mongod --dbpath "$folder" --bind_ip 127.0.0.1 --port 27017 --fork --logpath /tmp/initdb.log
		for script in /docker-entrypoint-initdb.d/*; do
			case "$script" in
				*.sh) echo "$0: running $script"; . "$script" ;;
				*.js) echo "$0: running $script"; ${shell} --quiet 127.0.0.1/"\${MONGO_INITDB_DATABASE:-test}" "$script" ;;
				*) echo "$0: ignoring $script" ;;
			esac
		done
		${shell} --quiet 127.0.0.1/admin --eval 'db.shutdownServer()' > /dev/null 2>&1 || true
		while [ -s "$folder/mongod.lock" ]; do sleep 0.1; done
		echo
		echo 'MongoDB init process complete; ready for start up.'
		echo
	fi
${bind}fi

exec "$@"
`;
}
