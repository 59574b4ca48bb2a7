/** What the browser keeps for this site: texts by key. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** localStorage; where the browser refuses it (private window, full, blocked) what is kept lasts as long as the page. */
export function browserStore(): Store {
	const page = new Map<string, string>();
	const attempt = <Result>(use: (storage: Storage) => Result, otherwise: Result): Result => {
		try {
			return use(localStorage);
		} catch {
			return otherwise;
		}
	};
	return {
		getItem: (key) => page.get(key) ?? attempt((storage) => storage.getItem(key), null),
		setItem: (key, value) => {
			const kept = attempt((storage) => {
				storage.setItem(key, value);
				return true;
			}, false);
			if (kept) page.delete(key);
			else page.set(key, value);
		},
		removeItem: (key) => {
			page.delete(key);
			attempt((storage) => storage.removeItem(key), undefined);
		},
	};
}

export const store = browserStore();
