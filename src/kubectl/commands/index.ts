import type { Command } from '../call.js'
import { annotate } from './annotate.js'
import { apply } from './apply.js'
import { cordon, uncordon } from './cordon.js'
import { create } from './create.js'
import { deleteCommand } from './delete.js'
import { describe } from './describe.js'
import { drain } from './drain.js'
import { exec } from './exec.js'
import { get } from './get.js'
import { label } from './label.js'
import { logs } from './logs.js'
import { taint } from './taint.js'
import { version } from './version.js'

/** The commands that there are. */
export const commands: readonly Command[] = [
  create, get, deleteCommand, cordon, uncordon, drain, taint, describe, apply, label, annotate, version, logs, exec,
]
