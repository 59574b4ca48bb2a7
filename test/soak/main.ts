// npm run soak: clusters that live a week of virtual time each. SOAK_SEED is the first seed (1), SOAK_SEEDS how many
// there are (10), SOAK_HOURS how long each lives (168). A seed that fails fails again in the same way.
import { live } from './life.ts';

const first = Number(process.env.SOAK_SEED ?? 1);
const seeds = Number(process.env.SOAK_SEEDS ?? 10);
const hours = Number(process.env.SOAK_HOURS ?? 168);

for (let seed = first; seed < first + seeds; seed++) {
	const begun = performance.now();
	const cost = () => {
		const megabytes = Math.round(process.memoryUsage().heapUsed / 1e6);
		return `${((performance.now() - begun) / 1000).toFixed(1)} s, heap ${megabytes} MB`;
	};
	const { digest, disturbances, changes, diariesRead } = await live({
		seed,
		hours,
		progress(lived) {
			if (lived % 24 === 0) console.log(`seed ${seed}: ${lived} of ${hours} h, ${cost()}`);
		},
	});
	const what = `${disturbances.length} disturbances, ${changes} changes, ${diariesRead} diaries read`;
	console.log(`seed ${seed}: well after ${hours} h, ${what}, digest ${digest.slice(0, 16)}, ${cost()}`);
}
