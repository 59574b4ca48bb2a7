import { create } from './create.ts';
import { Runnable, whyOff } from './runnable.ts';
import type { Target } from './runs.ts';

/** `<slidecar-check>`: asks the server whether an exercise has been done, and shows what it says. */
export class SlidecarCheck extends Runnable {
	act(): void {
		this.start({ type: 'check' });
	}

	protected override targetOf(chapter: string): Target {
		const { check = '', digest = '' } = this.dataset;
		return { chapter, exercise: check, digest };
	}

	protected override prepare(): void {
		this.querySelector('[data-run]')!.addEventListener('click', () => this.act());
	}

	protected override refresh(): void {
		const run = this.querySelector<HTMLButtonElement>('[data-run]')!;
		const off = whyOff(this.session);
		run.disabled = off !== undefined && this.session.connection.state.name !== 'waiting';
		run.title = off ?? '';
		this.explain(off);
		this.#showOutput();
	}

	/** What the check's commands printed, for who wants to know why it failed. */
	#showOutput(): void {
		const { status } = this;
		const output = status.state === 'failed' ? status.output : undefined;
		const shown = this.querySelector('.check-output');
		if (shown?.querySelector('pre')?.textContent === output) return;
		shown?.remove();
		if (output)
			this.append(
				create(
					'details',
					{ class: 'check-output' },
					create('summary', {}, 'What it saw'),
					create('pre', {}, output),
				),
			);
	}
}
