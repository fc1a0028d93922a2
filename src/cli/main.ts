#!/usr/bin/env node
import * as nodeModule from 'node:module'

// half of a start is V8 reading the library; Node 22.8 and newer keep what it has compiled, if asked before
const enableCompileCache = Reflect.get(nodeModule, 'enableCompileCache') as (() => unknown) | undefined
enableCompileCache?.()

const { runHere } = await import('./run.js')
await runHere(process.argv.slice(2))
