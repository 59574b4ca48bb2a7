// The image's entry point: it fills in where data and configuration are, and the interfaces to bind to.

export const entrypoint = `#!/usr/bin/dumb-init /bin/sh
set -e

# The address of an interface, as an option for the agent.
address_of() {
  if [ "$1" != eth0 ] && [ "$1" != lo ]; then
    echo "Could not find IP for interface '$1', exiting" >&2
    exit 1
  fi
  if [ "$1" = lo ]; then echo 127.0.0.1; else hostname -i; fi
}

CONSUL_BIND=
if [ -n "$CONSUL_BIND_INTERFACE" ]; then
  CONSUL_BIND_ADDRESS=$(address_of "$CONSUL_BIND_INTERFACE")
  CONSUL_BIND="-bind=$CONSUL_BIND_ADDRESS"
  echo "==> Found address '$CONSUL_BIND_ADDRESS' for interface '$CONSUL_BIND_INTERFACE', setting bind option..."
fi

CONSUL_CLIENT=
if [ -n "$CONSUL_CLIENT_INTERFACE" ]; then
  CONSUL_CLIENT_ADDRESS=$(address_of "$CONSUL_CLIENT_INTERFACE")
  CONSUL_CLIENT="-client=$CONSUL_CLIENT_ADDRESS"
  echo "==> Found address '$CONSUL_CLIENT_ADDRESS' for interface '$CONSUL_CLIENT_INTERFACE', setting client option..."
fi

CONSUL_DATA_DIR=\${CONSUL_DATA_DIR:-/consul/data}
CONSUL_CONFIG_DIR=\${CONSUL_CONFIG_DIR:-/consul/config}

if [ -n "$CONSUL_LOCAL_CONFIG" ]; then
  echo "$CONSUL_LOCAL_CONFIG" > "$CONSUL_CONFIG_DIR/local.json"
fi

# Options alone are consul's own.
case "$1" in
  -*) set -- consul "$@" ;;
esac

if [ "$1" = agent ]; then
  shift
  set -- consul agent -data-dir="$CONSUL_DATA_DIR" -config-dir="$CONSUL_CONFIG_DIR" $CONSUL_BIND $CONSUL_CLIENT "$@"
elif [ "$1" = version ]; then
  set -- consul "$@"
elif consul --help "$1" 2>&1 | grep -q "consul $1"; then
  set -- consul "$@"
fi

exec "$@"
`;
