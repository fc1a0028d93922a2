#!/usr/bin/env node
import { run } from './run.js'

/** Not awaited at the top, which a CommonJS module cannot. */
async function main(): Promise<void> {
  // whoever reads the pipe may have had enough
  process.stdout.on('error', () => process.exit(0))
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  })
}

void main()
