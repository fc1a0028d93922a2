import type { Command } from '../call.js'
import { apply } from './apply.js'
import { cordon, uncordon } from './cordon.js'
import { create } from './create.js'
import { drain } from './drain.js'
import { get } from './get.js'
import { taint } from './taint.js'
import { version } from './version.js'

/** The commands that there are. */
export const commands: readonly Command[] = [create, get, cordon, uncordon, drain, taint, apply, version]
