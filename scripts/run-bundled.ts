/**
 * `tsx scripts/run-bundled.ts FILE`: runs a TypeScript file bundled in the way of the package. What runs
 * TypeScript directly reads each file by itself and wraps functions, which takes longer to start and nearly
 * doubles the time of what runs.
 */
import { bundleInto } from './bundle-into.js'

// the file finds its own words where it would without this one
const [file = ''] = process.argv.splice(2, 1)
const name = file.replace(/\.ts$/, '')
const placeOf = await bundleInto('run', [name])
await import(placeOf(name))
