#!/usr/bin/env node
import { runHere } from './run.js'

await runHere(process.argv.slice(2))
