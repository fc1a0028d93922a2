import { quote } from '../../lang/go/quote.js'
import type { CommandCall, CommandOutput } from '../commands/command.js'
import { readOptions } from '../commands/command.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import { initConfiguration, VALUED } from './config.js'
import { initChecks, runChecks } from './preflight.js'
import { KubeadmError, printing } from './texts.js'
import { newToken, TOKEN_FORM } from './token.js'
import type { InitRun } from './init-phases.js'
import { PHASES } from './init-phases.js'

/**
 * `kubeadm init`, whole or one phase of it (`kubeadm init phase certs all`). Source:
 * cmd/kubeadm/app/cmd/init.go and cmd/phases/init.
 */
export function init({ args, machine, path }: CommandCall): CommandOutput {
  return printing((printer) => {
    const isPhase = args[0] === 'phase'
    const options = readOptions(isPhase ? args.slice(1) : args, VALUED)
    const asked = initConfiguration(machine, options, path)
    if (asked.nodeName !== machine.name && !isPhase)
      throw new KubeadmError(
        'a simulated machine cannot be called otherwise as a node: its hostname is ' +
          `${quote(machine.name)}`,
      )
    if (asked.token !== undefined && !TOKEN_FORM.test(asked.token))
      throw new KubeadmError(
        `bootstrapTokens.token: Invalid value: ${quote(asked.token)}: the bootstrap token ` +
          `${quote(asked.token)} was not of the form ` +
          `"\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
      )
    const run: InitRun = {
      machine,
      asked,
      options,
      printer,
      minor: minorOf(asked.version),
      token: asked.token ?? newToken(machine),
    }
    if (isPhase) {
      const [name = '', part] = options.words
      const phase = PHASES[name]
      if (phase === undefined)
        throw new KubeadmError(`unknown command ${quote(name)} for "kubeadm init phase"`)
      return phase(run, part === 'all' ? undefined : part)
    }
    printer.out(`[init] Using Kubernetes version: ${asked.version}`)
    const skipped = options.all('skip-phases').flatMap((value) => value.split(','))
    if (options.has('dry-run')) return dryRun(run)
    for (const name of orderOf(run.minor)) if (!skipped.includes(name)) PHASES[name]?.(run)
  })
}

/** Since 1.29 the kubelet starts only after the manifests were written. */
function orderOf(minor: number): readonly string[] {
  const rest = [
    'wait-control-plane',
    'upload-config',
    ...(minor >= 15 ? ['upload-certs'] : []),
    'mark-control-plane',
    'bootstrap-token',
    ...(minor >= 17 ? ['kubelet-finalize'] : []),
    'addon',
    'show-join-command',
  ]
  return minor >= 29
    ? ['preflight', 'certs', 'kubeconfig', 'etcd', 'control-plane', 'kubelet-start', ...rest]
    : ['preflight', 'kubelet-start', 'certs', 'kubeconfig', 'control-plane', 'etcd', ...rest]
}

function dryRun({ machine, asked, printer }: InitRun): void {
  printer.out('[preflight] Running pre-flight checks')
  runChecks(machine, initChecks(machine, asked.version), asked.ignored, printer)
  printer.out("[preflight] Would pull the required images (like 'kubeadm config images pull')")
  printer.out('[dryrun] Finished dry-running successfully. Above are the resources that would be created')
}
