import type { Command } from '../call.js'
import { attach } from './attach.js'
import { autoscale } from './autoscale.js'
import { cp } from './cp.js'
import { debug } from './debug.js'
import { portForward } from './port-forward.js'
import { certificate } from './certificate.js'
import { diff } from './diff.js'
import { edit } from './edit.js'
import { expose } from './expose.js'
import { kustomize } from './kustomize.js'
import { patch } from './patch.js'
import { replace } from './replace.js'
import { run } from './run.js'
import { scale } from './scale.js'
import { set } from './set.js'
import { annotate } from './annotate.js'
import { apiResources } from './api-resources.js'
import { apiVersions } from './api-versions.js'
import { apply } from './apply.js'
import { clusterInfo } from './cluster-info.js'
import { cordon, uncordon } from './cordon.js'
import { auth } from './auth.js'
import { events } from './events.js'
import { rollout } from './rollout.js'
import { wait } from './wait.js'
import { config } from './config.js'
import { top } from './top.js'
import { create } from './create.js'
import { deleteCommand } from './delete.js'
import { describe } from './describe.js'
import { drain } from './drain.js'
import { exec } from './exec.js'
import { proxy } from './proxy.js'
import { explain } from './explain.js'
import { get } from './get.js'
import { label } from './label.js'
import { logs } from './logs.js'
import { taint } from './taint.js'
import { version } from './version.js'
import { completion, plugin } from './workstation.js'

/** The commands that there are. */
export const commands: readonly Command[] = [
  create,
  expose,
  run,
  set,
  edit,
  scale,
  autoscale,
  certificate,
  attach,
  portForward,
  proxy,
  cp,
  debug,
  diff,
  patch,
  replace,
  kustomize,
  explain,
  get,
  deleteCommand,
  clusterInfo,
  cordon,
  uncordon,
  drain,
  taint,
  describe,
  logs,
  exec,
  apply,
  label,
  annotate,
  apiResources,
  apiVersions,
  version,
  auth,
  events,
  rollout,
  wait,
  config,
  top,
  plugin,
  completion,
]
