import type { Command, Terminal } from './command.js'
import { helpOf, parse, UsageError } from './command.js'
import { checkCommand } from './commands/check-command.js'
import { completionCommand } from './commands/completion-command.js'
import { controlCommands } from './commands/control-commands.js'
import { envtestCommand } from './commands/envtest-command.js'
import { exploreCommand } from './commands/explore-command.js'
import { kubectlCommand } from './commands/kubectl-command.js'
import { netpolCommand } from './commands/netpol-command.js'
import { packageVersion } from './program-path.js'
import { examCommand, lessonCommand, playCommand, practiceCommand } from './commands/play-command.js'
import { gradeCommand, lessonsCommand, slidesCommand } from './commands/teacher-commands.js'
import { rbacCommand } from './commands/rbac-command.js'
import { recordCommand } from './commands/record-command.js'
import { runCommand } from './commands/run-command.js'
import { forkCommand, serveCommand } from './commands/serve-command.js'
import { sweepCommand } from './commands/sweep-command.js'
import { importCommand } from './commands/import-command.js'
import { upgradeCommand } from './commands/upgrade-command.js'
import { whatifCommand } from './commands/whatif-command.js'
import { diffCommand, explainCommand } from './commands/what-if-commands.js'

const COMMANDS: readonly Command[] = [
  checkCommand,
  serveCommand,
  runCommand,
  envtestCommand,
  ...controlCommands,
  forkCommand,
  kubectlCommand,
  netpolCommand,
  rbacCommand,
  explainCommand,
  diffCommand,
  importCommand,
  whatifCommand,
  upgradeCommand,
  exploreCommand,
  sweepCommand,
  playCommand,
  lessonCommand,
  examCommand,
  practiceCommand,
  lessonsCommand,
  slidesCommand,
  gradeCommand,
  recordCommand,
  completionCommand(() => COMMANDS),
]

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  return [
    'simcluster: a Kubernetes control plane in memory.',
    '',
    'Commands:',
    ...COMMANDS.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'simcluster COMMAND --help shows the flags of a command, with examples.',
    '',
  ].join('\n')
}

/** Runs the program in this process: writes to its stdout and stderr, and sets its exit code. */
export async function runHere(argv: readonly string[]): Promise<void> {
  // the reader of a pipe may close it before the end
  process.stdout.on('error', () => process.exit(0))
  process.exitCode = await run(argv, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  })
}

/**
 * Runs the program with these arguments. Returns the exit code: that of the command, or 2 for bad use, which
 * is explained on stderr.
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(overview())
    return name === undefined ? 2 : 0
  }
  if (name === '--version' || name === '-v') {
    terminal.out(`${packageVersion()}\n`)
    return 0
  }
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) {
    const names = COMMANDS.map((one) => one.name).join(', ')
    terminal.err(`simcluster: there is no command ${name}; there are: ${names}\n`)
    return 2
  }
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help') || own.includes('-h')) {
    terminal.out(helpOf(command))
    return 0
  }
  try {
    return await command.run(parse(command, rest), terminal)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    terminal.err(`simcluster ${name}: ${error.message}\n`)
    if (error instanceof UsageError) terminal.err(`simcluster ${name} --help shows how it is used\n`)
    return 2
  }
}
