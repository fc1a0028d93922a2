import type { FlagSpec } from './flags.js'

/** Flags that every command has. Those of the machine (cache, certificates, profiles) are accepted and mean nothing here. */
export const globalFlags: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string' },
  { name: 'as', type: 'string' },
  { name: 'as-group', type: 'strings' },
  { name: 'as-uid', type: 'string' },
  { name: 'context', type: 'string' },
  { name: 'user', type: 'string' },
  { name: 'token', type: 'string' },
  { name: 'request-timeout', type: 'string' },
  { name: 'v', short: 'v', type: 'string' },
  { name: 'warnings-as-errors', type: 'bool' },
  { name: 'kubeconfig', type: 'string' },
  { name: 'cluster', type: 'string' },
  { name: 'server', short: 's', type: 'string' },
  { name: 'cache-dir', type: 'string' },
  { name: 'certificate-authority', type: 'string' },
  { name: 'client-certificate', type: 'string' },
  { name: 'client-key', type: 'string' },
  { name: 'insecure-skip-tls-verify', type: 'bool' },
  { name: 'tls-server-name', type: 'string' },
  { name: 'match-server-version', type: 'bool' },
  { name: 'disable-compression', type: 'bool' },
]

/** `-f`, `-R`, `-k`. */
export const filenameFlags: readonly FlagSpec[] = [
  { name: 'filename', short: 'f', type: 'strings' },
  { name: 'recursive', short: 'R', type: 'bool' },
  { name: 'kustomize', short: 'k', type: 'string' },
]

/** `--dry-run[=none|client|server]` */
export const dryRunFlag: FlagSpec = { name: 'dry-run', type: 'string', bare: 'unchanged' }

/** `-o` */
export const outputFlag: FlagSpec = { name: 'output', short: 'o', type: 'string' }

/** `-l` */
export const selectorFlag: FlagSpec = { name: 'selector', short: 'l', type: 'string' }

/** `--field-selector` */
export const fieldSelectorFlag: FlagSpec = { name: 'field-selector', type: 'string' }

/** `--field-manager` */
export const fieldManagerFlag: FlagSpec = { name: 'field-manager', type: 'string' }

/** `--validate[=strict|warn|ignore|true|false]` */
export const validateFlag: FlagSpec = { name: 'validate', type: 'string', bare: 'strict' }
