import type { Invocation, Program } from './command.js'

/** The environment, one variable a line, or one of them (`printenv NAME`). */
function print({ args, env, write }: Invocation): number {
  if (args.length === 0) {
    for (const [name, value] of Object.entries(env)) write(`${name}=${value}\n`)
    return 0
  }
  const found = args.filter((name) => Object.hasOwn(env, name))
  for (const name of found) write(`${env[name]}\n`)
  return found.length === args.length ? 0 : 1
}

export const env: Program = { name: 'env', run: (call) => print({ ...call, args: [] }) }

export const printenv: Program = { name: 'printenv', run: print }
