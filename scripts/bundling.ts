import type { InputOptions, OutputOptions, Plugin } from 'rolldown'

/** The options of rolldown that all bundles share. */
export interface Bundling {
  readonly plugins: readonly Plugin[]
  readonly transform: NonNullable<InputOptions['transform']>
  readonly minify: NonNullable<OutputOptions['minify']>
}

/** The parts of node-forge that src/pki needs, all reached through its forge.js. */
const forgeParts = ['asn1', 'sha1', 'sha256', 'sha512', 'pem']

/**
 * Gives src/pki/forge.ts a `require` of the bundled CommonJS modules: they are wrapped in functions that run
 * when the first certificate is made, not at import. Why: docs/decisions/dependencies-node-forge.md.
 */
const lazyForge: Plugin = {
  name: 'lazy-forge',
  transform: {
    filter: { id: /src\/pki\/forge\.ts$/ },
    handler(code: string): string {
      const requires = forgeParts.map((part) => `require('node-forge/lib/${part}.js')`)
      const body = `function requireForge() { ${requires.join('; ')}; return require('node-forge/lib/forge.js') }`
      const changed = code.replace(/function requireForge\(\)[^{]*\{[\s\S]*\n\}\n/, `${body}\n`)
      if (changed === code) throw new Error('src/pki/forge.ts has no function requireForge to replace')
      return changed
    },
  },
}

/**
 * Gives src/api/cel/engine.ts a `require` of the bundled cel-js, which runs when the first expression is
 * compiled.
 */
const lazyCel: Plugin = {
  name: 'lazy-cel',
  transform: {
    filter: { id: /src\/api\/cel\/engine\.ts$/ },
    handler(code: string): string {
      const body =
        "function requireCel() { return { ...require('@marcbachmann/cel-js'), " +
        "...require('@marcbachmann/cel-js/evaluator') } }"
      const changed = code.replace(/function requireCel\(\)[^{]*\{[\s\S]*\n\}\n/, `${body}\n`)
      if (changed === code) throw new Error('src/api/cel/engine.ts has no function requireCel to replace')
      return changed
    },
  },
}

/**
 * One character beyond Latin-1 makes the engine read the whole file at two bytes a character: what is not
 * ASCII is escaped.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle: (_, bundle) => {
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue
      output.code = output.code.replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    }
  },
}

/** How code is bundled, for the package and for what measures it: benchmarks run what users run. */
export const bundling: Bundling = {
  plugins: [lazyForge, lazyCel, asciiOnly],
  transform: { target: 'es2023', define: { 'process.env.NODE_ENV': '"production"' } },
  // more than half of the import is V8 reading the text; names of functions and classes are kept, so that
  // stack traces stay readable no sequences: an assignment of a function inside an expression keeps what it
  // closes over alive for longer (docs/decisions/garbage.md)
  minify: {
    compress: { sequences: false },
    mangle: { toplevel: true, keepNames: true },
    codegen: { removeWhitespace: true },
  },
}
