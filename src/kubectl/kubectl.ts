import { quote } from '../lang/go/quote.js'
import type { Client } from '../client/client.js'
import type { CommandLine, KubectlCommand } from './call/call.js'
import { NO_KUSTOMIZE } from './commands/kustomize.js'
import type { FoundCommand } from './commands/lookup.js'
import { findCommand } from './commands/lookup.js'
import type { DiscoveredApi } from './call/discovery.js'
import { discover } from './call/discovery.js'
import { warnOfOldDryRun } from './call/dry-run.js'
import type {
  KubectlResponse,
  KubectlEnvironment,
  KubectlOptions,
  KubectlRequest,
  KubectlResult,
} from './call/environment.js'
import {
  CommandError,
  FailedPrinting,
  KubectlError,
  SilentExit,
  errorText,
  isFailure,
  usageError,
} from './call/errors.js'
import { FileSource } from './call/files.js'
import { checkFirstContact } from './call/first-contact.js'
import { flagsOf } from './args/flag-table.js'
import { type Flags, parseFlags } from './args/flags.js'
import { helpFor, helpOf } from './help/help.js'
import { Kubeconfig } from './call/kubeconfig.js'
import { LazyConnection } from './call/lazy-connection.js'
import { Output } from './call/output.js'
import { ALL_FORMATS, checkFormat } from './print/object.js'
import { type KubectlRelease, releaseOf } from './call/release.js'
import { requestTimeout } from './call/request-failure.js'
import { CommandLineError, splitWords } from './call/words.js'

/** Runs one command line, given as text or as words, with or without a leading `kubectl`. */
export type Kubectl = (command: string | readonly string[], options?: KubectlOptions) => KubectlResult

/**
 * Creates the in-process kubectl of a cluster. Output and exit codes are those of kubectl in the
 * environment's version. Commands that wait (drain, delete) move virtual time. kubectl's errors are part of
 * the result; nothing that a user can cause is thrown, unless `check` asks for it.
 */
export function createKubectl(env: KubectlEnvironment): Kubectl {
  return (command, options = {}) => {
    const out = new Output(() => env.takeWarnings?.() ?? [])
    const exitCode = guarded(out, () => {
      const help = helpAsked(env, command, options)
      if (help !== undefined) {
        out.write(help)
        return false
      }
      const { call, run } = prepareCall(env, command, options, out)
      run(call)
      return call.flags.bool('warnings-as-errors')
    })
    const { stdout, stderr, terminal, files } = out
    if (options.check === true && exitCode !== 0)
      throw new CommandError(commandText(command), { exitCode, stdout, stderr })
    return { stdout, stderr, terminal, exitCode, files }
  }
}

function commandText(command: string | readonly string[]): string {
  const text = typeof command === 'string' ? command.trim() : command.join(' ')
  return /^kubectl(?:\s|$)/.test(text) ? text : `kubectl ${text}`
}

/** Runs `work`, which returns whether warnings are errors, and prints its failure. Returns the exit code. */
function guarded(out: Output, work: () => boolean): number {
  try {
    const isStrict = work()
    const warnings = out.printWarnings()
    if (!isStrict || warnings === 0) return 0
    out.errorLine(`error: ${warnings} warning${warnings === 1 ? '' : 's'} received`)
    return 1
  } catch (error) {
    if (error instanceof CommandLineError) {
      out.errorLine(`error: ${error.message}`)
      return 1
    }
    if (!isFailure(error)) throw error
    if (error instanceof FailedPrinting) out.write(error.printed)
    out.error(errorText(error))
    return error instanceof SilentExit ? error.exitCode : 1
  }
}

function helpAsked(
  env: KubectlEnvironment,
  command: string | readonly string[],
  options: KubectlOptions,
): string | undefined {
  const words = typeof command === 'string' ? splitWords(command) : command
  const release = releaseOf(options.version ?? env.clientVersion ?? env.version)
  return helpFor(words[0] === 'kubectl' ? words.slice(1) : words, release)
}

/** A parsed command line. */
export interface Prepared {
  readonly call: CommandLine
  readonly run: NonNullable<KubectlCommand['run']>
}

/** Parses a command line. Throws KubectlError or CommandLineError. */
export function prepareCall(
  env: KubectlEnvironment,
  command: string | readonly string[],
  options: KubectlOptions,
  out: Output,
): Prepared {
  const release = releaseOf(options.version ?? env.clientVersion ?? env.version)
  const found = commandOf(command, release)
  const { args, dash, flags } = parsedFlags(found, out)
  checkFlags(found, flags, out)
  const files = new FileSource(env, options, out)
  if (release.namesDryRun && flags.has('dry-run')) warnOfOldDryRun({ env, out, flags })
  const own = new Set(flagsOf(found.path).map(({ name }) => name))
  const kubeconfig = new Kubeconfig(env, files, flags.without(own), options.env)
  const reached: LazyConnection = new LazyConnection({
    env,
    kubeconfig,
    check: (connection) => checkFirstContact(call, connection),
    prompt: () => promptForCredentials(call),
  })
  const call = new LineCall(
    { env, release, flags, args, dash, out, files, kubeconfig, options, command: found.path },
    reached,
  )
  return { call, run: found.command.run ?? groupAlone(found) }
}

/** Finds the command that a line names. Throws KubectlError if it names none. */
function commandOf(command: string | readonly string[], release: KubectlRelease): FoundCommand {
  const words = typeof command === 'string' ? splitWords(command) : command
  const found = findCommand(words[0] === 'kubectl' ? words.slice(1) : words, release)
  if (found !== undefined) return found
  const flags = words.filter((word) => word !== 'kubectl')
  parseFlags(flags, flagsOf(''), '') // a wrong flag is told first
  throw new KubectlError('no command is given: write for example `kubectl get pods`')
}

/** Warns of deprecated flags. Throws KubectlError for missing ones, and for values that no command takes. */
function checkFlags(found: FoundCommand, flags: Flags, out: Output): void {
  for (const text of flags.deprecations()) out.errorLine(text)
  const missing = flags.missing()
  if (flags.string('kustomize') !== '')
    throw new KubectlError(flags.has('filename') ? 'only one of -f or -k can be specified' : NO_KUSTOMIZE)
  if (missing.length > 0) throw new KubectlError(`required flag(s) ${missing.map(quote).join(', ')} not set`)
  if (PRINTS.has(found.path) || found.flags.some(({ name }) => name === 'allow-missing-template-keys'))
    checkFormat(flags.string('output'), PRINTS.get(found.path))
  requestTimeout(flags)
}

/**
 * Parses the flags of a command. `diff` reports wrong ones in its own way, since its exit code 1 says that
 * there are differences. Source: kubectl pkg/cmd/diff CheckDiffErr.
 */
function parsedFlags({ rest, flags, path }: FoundCommand, out: Output): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(rest, flags, path)
  } catch (error) {
    if (path !== 'diff' || !(error instanceof KubectlError)) throw error
    const [message = ''] = error.message.split('\nSee ')
    out.error(errorText(usageError(path, message)))
    throw new SilentExit(2)
  }
}

/** Output formats of commands whose formats differ from the usual ones. */
const PRINTS: ReadonlyMap<string, string> = new Map([
  ['get', ALL_FORMATS],
  ['edit', 'json,kyaml,yaml'],
])

/**
 * What a group of commands does without one of them: it prints its help, and fails. Source:
 * cmdutil.DefaultSubCommandRun; kubectl pkg/cmd/certificates, whose group takes any words and does not fail.
 */
function groupAlone(found: FoundCommand): NonNullable<KubectlCommand['run']> {
  const { path } = found
  return ({ args, out }) => {
    if (path === 'certificate') return out.write(helpOf(found))
    if (args.length > 0) throw usageError(path, `unknown command ${quote(args.join(' '))}`)
    if (path === 'rollout') out.write(helpOf(found))
    else out.error(helpOf(found))
    throw new SilentExit()
  }
}

/**
 * Prompts for a name and a password. Servers do not support basic authentication any more, so the user stays
 * anonymous. Source: client-go tools/clientcmd auth_loaders.go PromptingAuthLoader.
 */
function promptForCredentials({ out, files }: CommandLine): void {
  const words = files.stdin.split(/\s+/).filter((word) => word !== '')
  for (const [at, field] of ['Username', 'Password'].entries()) {
    out.write(`Please enter ${field}: `)
    if (words[at] === undefined) throw new KubectlError('EOF')
  }
}

type Read = Omit<CommandLine, 'client' | 'request' | 'discovered' | 'namespace' | 'namespaceGiven'>

/**
 * The call of one command line. It contacts the server and reads the kubeconfig only when a command needs
 * them.
 */
class LineCall implements CommandLine {
  readonly env: CommandLine['env']
  readonly release: CommandLine['release']
  readonly command: string
  readonly flags: CommandLine['flags']
  readonly args: readonly string[]
  readonly dash: number | undefined
  readonly out: CommandLine['out']
  readonly files: CommandLine['files']
  readonly kubeconfig: CommandLine['kubeconfig']
  readonly options: CommandLine['options']
  readonly namespaceGiven: boolean
  readonly #reached: Pick<LazyConnection, 'connection'>

  constructor(read: Read, reached: Pick<LazyConnection, 'connection'>) {
    this.env = read.env
    this.release = read.release
    this.command = read.command
    this.flags = read.flags
    this.args = read.args
    this.dash = read.dash
    this.out = read.out
    this.files = read.files
    this.kubeconfig = read.kubeconfig
    this.options = read.options
    this.namespaceGiven = read.flags.has('namespace')
    this.#reached = reached
  }

  get client(): Client {
    return this.#reached.connection.client
  }

  get namespace(): string {
    return this.namespaceGiven ? this.flags.string('namespace') : this.kubeconfig.namespace
  }

  request(request: KubectlRequest): KubectlResponse {
    return this.#reached.connection.request(request)
  }

  discovered(): DiscoveredApi {
    return discover((request) => this.request(request))
  }
}
