// The shell's library, for the interpreter: rs, the methods for replica sets (mongosh Replication Methods).
export const replicaSetLibrary = String.raw`
'use strict';
(() => {
	const old = __flavour === 'mongo';
	const admin = (command) => __send('admin', command, true);
	const configuration = () => {
		const reply = admin({ replSetGetConfig: 1 });
		if (reply.ok !== 1) throw new Error('Could not retrieve replica set config: ' + tojson(reply));
		return reply.config;
	};
	const reconfigure = (config, options = {}) => {
		const current = admin({ replSetGetConfig: 1 });
		const version = (current.config?.version ?? 0) + 1;
		return admin({ replSetReconfig: { ...config, version }, ...(options.force ? { force: true } : {}) });
	};
	const add = (host, arbiter) => {
		const config = configuration();
		const given = typeof host === 'string' ? { host, ...(arbiter ? { arbiterOnly: true } : {}) } : host;
		const _id = Math.max(...config.members.map((member) => member._id)) + 1;
		config.members.push({ _id, ...given });
		return reconfigure(config);
	};
	const hours = (seconds) => Math.round((seconds / 36) ) / 100;
	const secondaries = () => {
		const { members } = __send('admin', { replSetGetStatus: 1 });
		const primary = members.find(({ stateStr }) => stateStr === 'PRIMARY');
		const from = primary ?? members.reduce((a, b) => (a.optimeDate > b.optimeDate ? a : b));
		const others = members.filter(({ stateStr }) => stateStr !== 'PRIMARY' && stateStr !== 'ARBITER');
		return { from, others, primary };
	};

	globalThis.rs = {
		initiate(config) { return __withoutTimes(admin({ replSetInitiate: config ?? {} })); },
		status() { return admin({ replSetGetStatus: 1 }); },
		conf: configuration,
		config: configuration,
		reconfig: reconfigure,
		add(host, arbiter) { return add(host, arbiter); },
		addArb(host) { return add(host, true); },
		remove(host) {
			const config = configuration();
			const at = config.members.findIndex((member) => member.host === host);
			if (at < 0) throw Object.assign(new Error("Couldn't find " + host + ' in ' + config.members.map((member) => member.host).join(', ') + '. Is ' + host + ' a member of this replset?'), { name: 'MongoshInvalidInputError' });
			config.members.splice(at, 1);
			return reconfigure(config);
		},
		stepDown(seconds = 60, catchUp = 10) { return admin({ replSetStepDown: seconds, secondaryCatchUpPeriodSecs: catchUp }); },
		freeze(seconds) { return admin({ replSetFreeze: seconds }); },
		hello() { return db.hello(); },
		isMaster() { return db.isMaster(); },
		secondaryOk() {
			__call('readPreference', 'primaryPreferred');
			if (!old) print('DeprecationWarning: .setSecondaryOk() is deprecated. Use .setReadPref("primaryPreferred") instead');
		},
		slaveOk() { __call('readPreference', 'primaryPreferred'); },
		printReplicationInfo() {
			const [first] = db.getSiblingDB('local').oplog.rs.find().sort({ ts: 1 }).limit(1).toArray();
			const [last] = db.getSiblingDB('local').oplog.rs.find().sort({ ts: -1 }).limit(1).toArray();
			const length = last.ts.t - first.ts.t;
			print("configured oplog size\n'1000 MB'\n---\nlog length start to end\n'" + length + ' secs (' + hours(length) + " hrs)'\n---\noplog first event time\n'" + new Date(first.ts.t * 1000).toString() + "'\n---\noplog last event time\n'" + new Date(last.ts.t * 1000).toString() + "'\n---\nnow\n'" + new Date().toString() + "'");
		},
		printSecondaryReplicationInfo() {
			const { from, others } = secondaries();
			for (const member of others) {
				if (old) print('source: ' + member.name + '\n\tsyncedTo: ' + new Date(member.optimeDate).toString() + '\n\t' + (from.optimeDate - member.optimeDate) / 1000 + ' secs (' + hours((from.optimeDate - member.optimeDate) / 1000) + ' hrs) behind the primary ');
				else if (member.health === 0) print('source: ' + member.name + '\nno replication info, yet.  State: ' + member.stateStr);
				else {
					const behind = (from.optimeDate - member.optimeDate) / 1000;
					print('source: ' + member.name + "\n{\n  syncedTo: '" + new Date(member.optimeDate).toString() + "',\n  replLag: '" + behind + ' secs (' + hours(behind) + " hrs) behind the primary '\n}");
				}
				if (!old && member !== others.at(-1)) print('---');
			}
		},
		help() { print('\trs.initiate(config), rs.status(), rs.conf(), rs.reconfig(config), rs.add(host), rs.addArb(host),\n\trs.remove(host), rs.stepDown(seconds), rs.freeze(seconds), rs.hello(), rs.printSecondaryReplicationInfo()'); },
		__printed() { return '[object Replica Set]'; },
	};
	globalThis.rs.printSlaveReplicationInfo = globalThis.rs.printSecondaryReplicationInfo;
	globalThis.__withoutTimes = ({ $clusterTime, operationTime, ...reply }) => reply;
})();
`;
