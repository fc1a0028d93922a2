/** Recorded facts of single builds. */
const RECORDED: Readonly<Record<string, object>> = {
  'v1.34.9': { gitCommit: 'ba6535cbb8719c3ba6c3923f2725ba050c87faab', goVersion: 'go1.24.4' },
  'v1.35.2': { gitCommit: 'fdc9d74cbf2da6754ebf81d56f80ae2948cd6425' },
}

/** Facts of all other builds, which are not simulated. */
const BUILD = {
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.25.7',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const

/** Returns the fields of version.Info about the build of a version such as `v1.35.2`. */
export function buildInfo(gitVersion: string): Readonly<Record<string, string>> {
  return { gitVersion, ...BUILD, ...RECORDED[gitVersion] }
}
