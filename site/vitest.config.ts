import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** `npm test --prefix site`, after `npm run site`: the built site in Chromium. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } },
  },
})

export default config
