/**
 * A test runner for Stryker that keeps the tests of src/netpol loaded, all in one bundle: switching to the
 * next mutant takes no time. vitest's runner starts a worker and loads all files for each mutant, half a
 * second for what is often one millisecond.
 */
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'

class InProcessRunner {
  static inject = [commonTokens.options]
  #files
  #space
  #few
  #tests = []
  #loads = 0
  /** How long each test takes, in milliseconds. */
  #times = new Map()
  /** How many mutants each test has killed. */
  #kills = new Map()
  /** The sandbox. */
  #root = ''
  #output = ''

  constructor(options) {
    this.#files = options.inProcess.tests
    this.#space = globalThis.__stryker__ ??= {}
  }

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    this.#root = process.cwd()
    this.#output = resolve(this.#root, '.cache/mutation-bundle.mjs')
    const few = resolve(this.#root, '.ci/mutation/few.mjs')
    await this.#bundle(this.#root, few)
    this.#few = await import(pathToFileURL(few).href)
    this.#tests = await this.#load()
    // a process that was started again, after a mutant that never ended, knows them from the first
    this.#times = new Map(JSON.parse(await readFile(this.#noted, 'utf8').catch(() => '[]')))
  }

  get #noted() {
    return resolve(this.#root, '.cache/mutation-times.json')
  }

  async dryRun() {
    const tests = []
    for (const test of this.#tests) {
      this.#space.currentTestId = test.id
      // each test counts as one that covers what comes before it
      const result = await this.#run(test, new Set())
      this.#times.set(test.id, result.timeSpentMs)
      tests.push(result)
    }
    this.#space.currentTestId = undefined
    await writeFile(this.#noted, JSON.stringify([...this.#times]))
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#space.mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail }) {
    Object.assign(this.#space, { hitCount: 0, hitLimit, activeMutant: activeMutant.id })
    const tests = []
    try {
      let all = this.#tests
      if (mutantActivation === 'static') {
        try {
          all = await this.#load()
        } catch (error) {
          const failed = {
            id: this.#tests[0].id,
            name: this.#tests[0].id,
            timeSpentMs: 0,
            status: TestStatus.Failed,
            failureMessage: `it does not load: ${String(error)}`,
          }
          return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed] })
        }
      }
      const wanted = testFilter && new Set(testFilter)
      const chosen = wanted ? all.filter(({ id }) => wanted.has(id)) : all
      const done = new Set()
      for (const test of chosen.toSorted((a, b) => this.#costOf(a) - this.#costOf(b))) {
        const result = await this.#run(test, done)
        tests.push(result)
        if (result.status !== TestStatus.Failed) continue
        this.#kills.set(test.id, (this.#kills.get(test.id) ?? 0) + 1)
        if (!disableBail) break
      }
    } finally {
      this.#space.activeMutant = undefined
    }
    const result = toMutantRunResult(
      determineHitLimitReached(this.#space.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests },
    )
    if (result.status === MutantRunStatus.Survived) await this.#note(activeMutant)
    return result
  }

  /** Who waits for the report can look already. */
  async #note({ fileName, location: { start }, mutatorName, replacement }) {
    await appendFile(
      resolve(this.#root, '../survived.txt'),
      `${fileName.slice(fileName.indexOf('src/netpol/'))}:${start.line + 1}:${start.column + 1} ` +
        `${mutatorName}: ${replacement.replace(/\s+/g, ' ').slice(0, 120)}\n`,
    )
  }

  /** What is quick comes first, and what has killed often. */
  #costOf({ id }) {
    return (this.#times.get(id) ?? 0) / (1 + (this.#kills.get(id) ?? 0))
  }

  async #run({ id, hooks, run }, done) {
    const start = performance.now()
    const told = { id, name: id }
    try {
      for (const hook of hooks.filter((each) => !done.has(each))) {
        await hook()
        done.add(hook)
      }
      await run()
      return { ...told, status: TestStatus.Success, timeSpentMs: performance.now() - start }
    } catch (error) {
      return {
        ...told,
        status: TestStatus.Failed,
        timeSpentMs: performance.now() - start,
        failureMessage: String(error?.message ?? error).slice(0, 500),
      }
    }
  }

  /** Loads everything anew; what was loaded before stays as it was. */
  async #load() {
    const tests = this.#few.collect()
    await import(`${pathToFileURL(this.#output).href}?load=${++this.#loads}`)
    return tests
  }

  async #bundle(root, few) {
    const { rolldown } = await import('rolldown')
    const entry = ['test/setup.ts', ...this.#files]
      .map((file) => `import ${JSON.stringify(resolve(root, file))}`)
      .join('\n')
    const bundle = await rolldown({
      input: 'entry',
      platform: 'node',
      logLevel: 'silent',
      treeshake: false,
      external: [/^node:/, /node_modules/],
      plugins: [
        {
          name: 'mutation',
          resolveId: (id) => {
            if (id === 'entry') return id
            if (id === 'vitest') return { id: few, external: true }
            return id === 'fast-check'
              ? { id: resolve(root, '.ci/mutation/fewer-runs.mjs'), external: true }
              : undefined
          },
          load: (id) => (id === 'entry' ? entry : undefined),
          transform: (code, id) => {
            const here = code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
            if (!id.endsWith('.test.ts')) return here
            // tests of a file that has changed are others: what the old ones let live is put to them again
            const file =
              `${id.slice(root.length + 1)} ` +
              `${createHash('sha256').update(code).digest('hex').slice(0, 8)}`
            return `import { begin as beginFile } from 'vitest'; beginFile(${JSON.stringify(file)});\n${here}`
          },
        },
      ],
    })
    await mkdir(dirname(this.#output), { recursive: true })
    await bundle.write({ file: this.#output, format: 'esm', codeSplitting: false })
    await bundle.close()
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)]

/** What is added to Stryker's options. */
export const strykerValidationSchema = {
  type: 'object',
  properties: {
    inProcess: {
      type: 'object',
      properties: { tests: { type: 'array', items: { type: 'string' } } },
      default: {},
    },
  },
}
