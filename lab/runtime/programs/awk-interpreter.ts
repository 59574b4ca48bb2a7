// awk's rules and statements, carried out.
import { Expressions, Return } from './awk-expressions.ts';
import { Files } from './awk-files.ts';
import { Records } from './awk-records.ts';
import type { AwkProgram, Statement } from './awk-tree.ts';
import { fromInput, sprintf, toNumber, toText, truth, type Value } from './awk-values.ts';
import type { Call } from './tool.ts';

class Jump {
	readonly what: 'next' | 'break' | 'continue';
	constructor(what: 'next' | 'break' | 'continue') {
		this.what = what;
	}
}
class Exit {}

/** Runs a program over the operands' records. */
export class Interpreter {
	readonly #call: Call;
	readonly #program: AwkProgram;
	readonly #records: Records;
	readonly #files: Files;
	readonly #expressions: Expressions;

	constructor(call: Call, program: AwkProgram, operands: string[], variables: readonly [string, string][]) {
		this.#call = call;
		this.#program = program;
		this.#records = new Records(call, operands, variables);
		this.#files = new Files(call);
		this.#expressions = new Expressions(program, this.#records, this.#files, (body) => this.#execute(body));
	}

	async run(): Promise<number> {
		try {
			await this.#rules((rule) => rule.begin);
			const { rules } = this.#program;
			if (rules.some((rule) => !rule.begin)) while (await this.#records.readRecord()) await this.#record();
		} catch (thrown) {
			if (!(thrown instanceof Exit)) throw thrown;
		}
		try {
			await this.#rules((rule) => rule.end);
		} catch (thrown) {
			if (!(thrown instanceof Exit)) throw thrown;
		}
		await this.#call.flush();
		await this.#files.closeAll();
		return this.#records.code;
	}

	async #rules(chosen: (rule: AwkProgram['rules'][number]) => boolean): Promise<void> {
		for (const rule of this.#program.rules) if (chosen(rule) && rule.body) await this.#execute(rule.body);
	}

	async #record(): Promise<void> {
		try {
			for (const rule of this.#program.rules) {
				if (rule.begin || rule.end) continue;
				if (rule.until) {
					if (!rule.active) {
						if (!rule.pattern || !truth(await this.#expressions.evaluate(rule.pattern))) continue;
						rule.active = true;
					}
					if (truth(await this.#expressions.evaluate(rule.until))) rule.active = false;
				} else if (rule.pattern && !truth(await this.#expressions.evaluate(rule.pattern))) continue;
				if (rule.body) await this.#execute(rule.body);
				else await this.#call.print(this.#records.whole() + this.#records.text('ORS'));
			}
		} catch (thrown) {
			if (!(thrown instanceof Jump) || thrown.what !== 'next') throw thrown;
		}
	}

	async #execute(statement: Statement): Promise<void> {
		switch (statement.kind) {
			case 'block':
				for (const each of statement.body) await this.#execute(each);
				return;
			case 'expression':
				await this.#expressions.evaluate(statement.value);
				return;
			case 'print':
				return this.#print(statement);
			case 'if':
				if (truth(await this.#expressions.evaluate(statement.test))) await this.#execute(statement.yes);
				else if (statement.no) await this.#execute(statement.no);
				return;
			case 'while':
				if (statement.first && (await this.#round(statement.body))) return;
				while (truth(await this.#expressions.evaluate(statement.test)))
					if (await this.#round(statement.body)) return;
				return;
			case 'for':
				if (statement.start) await this.#execute(statement.start);
				while (!statement.test || truth(await this.#expressions.evaluate(statement.test))) {
					if (await this.#round(statement.body)) return;
					if (statement.step) await this.#execute(statement.step);
				}
				return;
			case 'for in':
				for (const key of [...this.#records.array(statement.array).keys()]) {
					this.#records.assignVariable(statement.name, fromInput(key));
					if (await this.#round(statement.body)) return;
				}
				return;
			case 'delete':
				if (statement.keys)
					this.#records.array(statement.name).delete(await this.#expressions.key(statement.keys));
				else this.#records.array(statement.name).clear();
				return;
			case 'jump':
				throw new Jump(statement.what);
			case 'exit':
				if (statement.value)
					this.#records.code = Math.trunc(toNumber(await this.#expressions.evaluate(statement.value))) & 0xff;
				throw new Exit();
			case 'return':
				throw new Return(statement.value ? await this.#expressions.evaluate(statement.value) : '');
		}
	}

	/** One round of a loop; true where it was left by break. */
	async #round(body: Statement): Promise<boolean> {
		const wait = this.#call.process.step(1 + this.#records.takeOwed());
		if (wait) await wait;
		try {
			await this.#execute(body);
		} catch (thrown) {
			if (!(thrown instanceof Jump) || thrown.what === 'next') throw thrown;
			return thrown.what === 'break';
		}
		return false;
	}

	async #print({ format, args, redirect }: Extract<Statement, { kind: 'print' }>): Promise<void> {
		const values: Value[] = [];
		for (const arg of args) values.push(await this.#expressions.evaluate(arg));
		const text = format
			? sprintf(toText(values[0] ?? ''), values.slice(1))
			: (values.length === 0
					? this.#records.whole()
					: values
							.map((value) => toText(value, this.#records.text('OFMT')))
							.join(this.#records.text('OFS'))) + this.#records.text('ORS');
		if (!redirect) return void (await this.#call.print(text));
		const target = toText(await this.#expressions.evaluate(redirect.target));
		await this.#files.write(redirect.operator, target, text);
	}
}
