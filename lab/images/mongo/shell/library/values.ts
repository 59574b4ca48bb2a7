// The shell's library, for the interpreter: values of BSON and their Extended JSON, and time as the lab has it.
export const valuesLibrary = String.raw`
'use strict';
(() => {
	const HostDate = Date;
	function LabDate(...parts) {
		if (!new.target) return new LabDate().toString();
		const [first] = parts;
		if (parts.length === 0) return Reflect.construct(HostDate, [__now()], new.target);
		if (parts.length > 1) return Reflect.construct(HostDate, [HostDate.UTC(...parts)], new.target);
		const isLocal = typeof first === 'string' && /T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(first);
		return Reflect.construct(HostDate, [isLocal ? first + 'Z' : first], new.target);
	}
	LabDate.prototype = HostDate.prototype;
	Object.defineProperty(LabDate.prototype, 'constructor', { value: LabDate, writable: true, configurable: true });
	LabDate.now = () => __now();
	LabDate.parse = HostDate.parse;
	LabDate.UTC = HostDate.UTC;
	for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Minutes', 'Month', 'Seconds', 'Milliseconds']) {
		HostDate.prototype['get' + part] = HostDate.prototype['getUTC' + part];
		if (part !== 'Day') HostDate.prototype['set' + part] = HostDate.prototype['setUTC' + part];
	}
	HostDate.prototype.getTimezoneOffset = () => 0;
	HostDate.prototype.toString = HostDate.prototype.toUTCString;
	globalThis.Date = LabDate;
	Math.random = __random;

	const hex = (digits) => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
	const processPart = hex(10);
	let counter = Math.floor(Math.random() * 0xffffff);
	/** Makes a function that works with and without new. */
	const callable = (Type) =>
		new Proxy(Type, { apply: (target, self, args) => new target(...args) });

	class ObjectId {
		constructor(text) {
			if (text === undefined) {
				counter = (counter + 1) & 0xffffff;
				const seconds = Math.floor(Date.now() / 1000).toString(16).padStart(8, '0');
				text = seconds + processPart + counter.toString(16).padStart(6, '0');
			}
			text = String(text?.toHexString ? text.toHexString() : text).toLowerCase();
			if (!/^[0-9a-f]{24}$/.test(text))
				throw new TypeError('input must be a 24 character hex string, 12 byte Uint8Array, or an integer');
			Object.defineProperty(this, 'hex', { value: text });
		}
		toHexString() { return this.hex; }
		toString() { return this.hex; }
		valueOf() { return this.hex; }
		get str() { return this.hex; }
		getTimestamp() { return new Date(parseInt(this.hex.slice(0, 8), 16) * 1000); }
		equals(other) { return String(other) === this.hex; }
		toJSON() { return this.hex; }
	}
	class Long {
		constructor(value = 0) { Object.defineProperty(this, 'value', { value: BigInt(value) }); }
		toNumber() { return Number(this.value); }
		valueOf() { return Number(this.value); }
		toString() { return String(this.value); }
		toBigInt() { return this.value; }
		toInt() { return Number(this.value) | 0; }
		toJSON() { return Number(this.value); }
		add(other) { return new Long(this.value + BigInt(other)); }
		equals(other) { return BigInt(other) === this.value; }
	}
	class Timestamp {
		constructor(time = 0, increment = 0) {
			const { t, i } = typeof time === 'object' ? time : { t: Number(time), i: Number(increment) };
			Object.defineProperty(this, 't', { value: t });
			Object.defineProperty(this, 'i', { value: i });
		}
		getHighBits() { return this.t; }
		getLowBits() { return this.i; }
		toJSON() { return { $timestamp: { t: this.t, i: this.i } }; }
	}
	class UUID {
		constructor(text) {
			text ??= [hex(8), hex(4), '4' + hex(3), '89ab'[Math.floor(Math.random() * 4)] + hex(3), hex(12)].join('-');
			text = String(text).toLowerCase().replace(/^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/, '$1-$2-$3-$4-$5');
			if (text.length !== 36) throw new TypeError('UUID string representation must be a 32 hex digit string');
			Object.defineProperty(this, 'text', { value: text });
		}
		toString() { return this.text; }
		toHexString() { return this.text; }
		toJSON() { return this.text; }
	}
	class Binary {
		constructor(base64 = '', subType = 0) {
			Object.defineProperty(this, 'base64_', { value: base64 });
			Object.defineProperty(this, 'sub_type', { value: subType });
		}
		static createFromBase64(base64, subType) { return new Binary(base64, subType); }
		base64() { return this.base64_; }
		toString() { return this.base64_; }
	}
	class MinKey {}
	class MaxKey {}

	const encode = (value) => {
		if (value === null || value === undefined) return null;
		if (typeof value === 'bigint') return { $numberLong: String(value) };
		if (typeof value === 'number') return Number.isFinite(value) ? value : null;
		if (typeof value === 'function') throw new TypeError('a function cannot be stored');
		if (typeof value !== 'object') return value;
		if (value instanceof Date) return { $date: value.getTime() };
		if (value instanceof RegExp) return { $regularExpression: { pattern: value.source, options: value.flags.replace(/[^ims]/g, '') } };
		if (value instanceof ObjectId) return { $oid: value.hex };
		if (value instanceof Long) return { $numberLong: String(value.value) };
		if (value instanceof Timestamp) return { $timestamp: { t: value.t, i: value.i } };
		if (value instanceof UUID) return { $uuid: value.text };
		if (value instanceof Binary) return { $binary: { base64: value.base64_, subType: String(value.sub_type).padStart(2, '0') } };
		if (value instanceof MinKey) return { $minKey: 1 };
		if (value instanceof MaxKey) return { $maxKey: 1 };
		if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
		if (Array.isArray(value)) return value.map(encode);
		const result = {};
		for (const [name, field] of Object.entries(value)) if (field !== undefined) result[name] = encode(field);
		return result;
	};
	const decoders = {
		$oid: (text) => new ObjectId(text),
		$date: (time) => new Date(typeof time === 'object' ? Number(time.$numberLong) : time),
		$numberLong: (text) => new Long(text),
		$numberInt: Number,
		$numberDouble: Number,
		$timestamp: (value) => new Timestamp(value),
		$uuid: (text) => new UUID(text),
		$binary: ({ base64, subType }) => new Binary(base64, parseInt(subType, 16)),
		$regularExpression: ({ pattern, options }) => new RegExp(pattern, options),
		$minKey: () => new MinKey(),
		$maxKey: () => new MaxKey(),
	};
	const decode = (value) => {
		if (typeof value !== 'object' || value === null) return value;
		if (Array.isArray(value)) return value.map(decode);
		const [name] = Object.keys(value);
		if (name !== undefined && Object.hasOwn(decoders, name)) return decoders[name](value[name]);
		const result = {};
		for (const [field, part] of Object.entries(value)) result[field] = decode(part);
		return result;
	};

	Object.assign(globalThis, {
		ObjectId: callable(ObjectId),
		Long: callable(Long),
		NumberLong: callable(Long),
		NumberInt: (value = 0) => Math.trunc(Number(value)),
		Int32: (value = 0) => Math.trunc(Number(value)),
		Double: Number,
		NumberDecimal: Number,
		Decimal128: Number,
		Timestamp: callable(Timestamp),
		UUID: callable(UUID),
		Binary: callable(Binary),
		BinData: (subType, base64) => new Binary(base64, subType),
		MinKey: callable(MinKey),
		MaxKey: callable(MaxKey),
		ISODate(text) {
			if (text === undefined) return new Date();
			const date = new Date(/^\d{4}-\d\d-\d\d([T ]|$)/.test(text) ? String(text).replace(' ', 'T') : text);
			if (Number.isNaN(date.getTime())) throw new Error(JSON.stringify(text) + ' is not a valid ISODate');
			return date;
		},
		EJSON: {
			stringify: (value, _, space) => JSON.stringify(__readable(value), null, space),
			parse: (text) => decode(JSON.parse(text)),
			serialize: (value) => encode(value),
			deserialize: (value) => decode(value),
		},
		/** Extended JSON as people write it: dates by ISO 8601, small numbers plain. */
		__readable(value) {
			const encoded = encode(value);
			const walk = (part) => {
				if (typeof part !== 'object' || part === null) return part;
				if (Array.isArray(part)) return part.map(walk);
				if (typeof part.$date === 'number') return { $date: new Date(part.$date).toISOString() };
				if (typeof part.$numberLong === 'string') return Number(part.$numberLong);
				return Object.fromEntries(Object.entries(part).map(([name, field]) => [name, walk(field)]));
			};
			return walk(encoded);
		},
		__encode: (value) => JSON.stringify(encode(value)),
		__decode: (text) => decode(JSON.parse(text)),
	});
})();
`;
