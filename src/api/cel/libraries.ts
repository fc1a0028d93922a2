import { FunctionTable, type Functions } from '../../lang/cel/library/functions.js'
import { addAuthorizer } from './lib-authorizer.js'
import { addFormats } from './lib-formats.js'
import { addExtendedLists, addLists, addOptionals, addSets } from '../../lang/cel/library/lib-lists.js'
import { addAddresses, addUrls } from '../../lang/cel/library/lib-network.js'
import { addQuantityFunctions, addSemver } from './lib-quantity.js'
import { addStandard } from '../../lang/cel/library/lib-standard.js'
import { addRegex, addStrings } from '../../lang/cel/library/lib-strings.js'

/** Environments by whether cel-go's lists are there: made when the first expression is compiled. */
const made = new Map<boolean, Functions>()

/** The functions of Kubernetes' expressions. Source: apiserver pkg/cel/environment/base.go. */
export function functionsOf({ lists }: { readonly lists: boolean }): Functions {
  const known = made.get(lists)
  if (known !== undefined) return known
  const table = new FunctionTable()
  for (const add of [
    addStandard,
    addUrls,
    addRegex,
    addLists,
    addAuthorizer,
    addOptionals,
    addQuantityFunctions,
    addStrings,
    addSets,
    addAddresses,
    addFormats,
    addSemver,
    ...(lists ? [addExtendedLists] : []),
  ])
    add(table)
  made.set(lists, table.functions)
  return table.functions
}
