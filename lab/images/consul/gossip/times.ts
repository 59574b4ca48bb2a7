// What memberlist's configuration for a LAN sets, where several parts go by it; in milliseconds.

/** How often a member probes another. */
export const probeInterval = 1000;

/** How long the answer to a probe is waited for. */
export const probeTimeout = 500;

/** How long the dead are told that they are, and kept by name. */
export const gossipToTheDead = 30_000;
