import { button, create } from './create.ts';
import type { TerminalTab } from './terminal-tab.ts';

/** The tabs by their names (role tablist: arrows, Home and End choose); `choose` is told which. */
export function tabBar(choose: (name: string) => void) {
	const element = create('div', { class: 'dock-tabs', role: 'tablist', 'aria-label': 'Terminals' });
	const selected = () => element.querySelector<HTMLElement>('[aria-selected="true"]');

	element.addEventListener('keydown', (event) => {
		const tabs = [...element.querySelectorAll<HTMLElement>('[role="tab"]')];
		const at = tabs.indexOf(document.activeElement as HTMLElement);
		const last = tabs.length - 1;
		const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
		if (to === undefined) return;
		event.preventDefault();
		tabs.at(to % tabs.length)?.focus();
	});

	function tabButton(tab: TerminalTab, active: boolean): HTMLElement {
		const made = button(tab.name, () => choose(tab.name), {
			attributes: {
				role: 'tab',
				id: `${tab.panel.id}-tab`,
				'aria-selected': String(active),
				'aria-controls': tab.panel.id,
				tabindex: active ? '0' : '-1',
				'data-terminal-state': tab.info?.state ?? 'idle',
				title: tab.info?.title || tab.name,
			},
		});
		if (tab.info?.state === 'busy') made.append(create('span', { class: 'visually-hidden' }, ' (busy)'));
		return made;
	}

	return {
		element,
		draw(tabs: readonly TerminalTab[], active: string | undefined): void {
			const focused = document.activeElement instanceof HTMLElement ? document.activeElement.id : '';
			const within = element.contains(document.activeElement);
			element.replaceChildren(...tabs.map((tab) => tabButton(tab, tab.name === active)));
			selected()?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
			if (within) document.getElementById(focused)?.focus();
		},
		focus(): void {
			selected()?.focus();
		},
	};
}
