/** Pixels that a finger must travel, and milliseconds that it may take. */
const distance = 50;
const patience = 700;

/** Tells of swipes to the left (`next`) and to the right (`previous`) in `area`, but not over what scrolls or is typed in. */
export function listenForSwipes(area: HTMLElement, swiped: (direction: 'next' | 'previous') => void): void {
	let start: { x: number; y: number; at: number } | undefined;
	area.addEventListener(
		'touchstart',
		(event) => {
			const [touch] = event.touches;
			const ours = event.touches.length === 1 && !hasOwnGesture(event.target as Element, area);
			start = ours ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp } : undefined;
		},
		{ passive: true },
	);
	area.addEventListener(
		'touchend',
		(event) => {
			if (!start) return;
			const [touch] = event.changedTouches;
			const across = touch.clientX - start.x;
			const along = Math.abs(touch.clientY - start.y);
			const quick = event.timeStamp - start.at < patience;
			start = undefined;
			if (quick && Math.abs(across) > distance && along < Math.abs(across) * 0.6)
				swiped(across < 0 ? 'next' : 'previous');
		},
		{ passive: true },
	);
}

/** Whether a finger there types, or scrolls sideways. */
function hasOwnGesture(target: Element, area: Element): boolean {
	if (target.closest('.terminal, input, textarea, select')) return true;
	for (let element: Element | null = target; element && element !== area; element = element.parentElement)
		if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
			return true;
	return false;
}
