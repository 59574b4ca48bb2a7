// What an agent says of itself before its log begins.
import type { Release } from '../releases.ts';
import type { Configuration } from './configuration.ts';
import type { Identity } from './identity.ts';

export function bannerOf(identity: Identity, configuration: Configuration, release: Release): string {
	const { server, bootstrap, clientAddress, ports } = configuration;
	const verify = 'Verify Incoming: false, Verify Outgoing: false';
	const lines: [string, string][] = [
		['Version', `'${release.version}'`],
		['Build Date', `'${release.built.replace('T', ' ').replace('Z', '')} +0000 UTC'`],
		['Node ID', `'${identity.nodeId}'`],
		['Node name', `'${identity.nodeName}'`],
		['Datacenter', `'${identity.datacenter}' (Segment: '${server ? '<all>' : ''}')`],
		['Server', `${server} (Bootstrap: ${bootstrap})`],
		[
			'Client Addr',
			`[${clientAddress}] (HTTP: ${ports.http}, HTTPS: -1, gRPC: -1, gRPC-TLS: ${server ? 8503 : -1}, DNS: ${ports.dns})`,
		],
		['Cluster Addr', `${identity.address} (LAN: ${ports.serfLan}, WAN: ${ports.serfWan})`],
		['Gossip Encryption', 'false'],
		['Auto-Encrypt-TLS', 'false'],
		['ACL Enabled', 'false'],
		['ACL Default Policy', 'allow'],
		['HTTPS TLS', `${verify}, Min Version: TLSv1_2`],
		['gRPC TLS', 'Verify Incoming: false, Min Version: TLSv1_2'],
		['Internal RPC TLS', `${verify} (Verify Hostname: false), Min Version: TLSv1_2`],
	];
	const text = lines.map(([name, value]) => `${name.padStart(18)}: ${value}\n`).join('');
	return `${text}\n==> Log data will now stream in as it occurs:\n\n`;
}
