import { goal, readyPods, isUp, staysUp } from '../goals.js'
import { changing, changingTaint, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, lines, patch } from '../shared.js'

/** Chapter 1: node maintenance. */
export const maintenanceLessons: readonly LessonSource[] = [
  lesson('budget', 'medium', 6, (draw) => {
    const web = draw.app()
    const [node, other] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '끝나지 않는 drain',
          symptom:
            `${node}을 점검해야 하는데 kubectl drain ${node}이 끝나지 않습니다. ${web}은 언제나 둘이 살아 ` +
            `있어야 합니다.`,
          hints: [
            'drain이 되풀이하는 메시지를 읽어 보세요.',
            'kubectl get pdb에서 ALLOWED DISRUPTIONS를 보세요.',
            '포드의 수가 예산이 요구하는 수와 같습니다. 하나를 내리려면 하나가 더 있어야 합니다.',
          ],
          explanation:
            '예산은 둘이 살아 있으라고 하는데 포드가 딱 둘이라, 어느 하나도 내릴 수 없었습니다. 포드를 셋으로 늘리면 하나를 내려도 ' +
            '둘이 남습니다. 예산을 지우는 것도 방법이지만, 그러면 약속을 지키지 못하는 순간이 생깁니다.',
        },
        en: {
          title: 'A drain that does not end',
          symptom:
            `${node} is due for maintenance, but kubectl drain ${node} does not end. Two pods of ${web} ` +
            'must stay up at all times.',
          hints: [
            'Read the message that drain repeats.',
            'kubectl get pdb: look at ALLOWED DISRUPTIONS.',
            'There are exactly as many pods as the budget asks for. To take one down there must be one more.',
          ],
          explanation:
            'The budget wants two pods available and there are two, so none may be evicted. With ' +
            'three, one can go and two ' +
            'remain. Deleting the budget also ends the drain, and breaks the promise that it makes.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            metadata: { name: web },
            spec: { minAvailable: 2, selector: { matchLabels: { app: web } } },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl drain ${node} --ignore-daemonsets --timeout=1m`, prints: /disruption budget/ },
      goals: [
        isUp(web),
        goal(
          `A PodDisruptionBudget still keeps two pods of ${web}.`,
          `PDB가 여전히 ${web}의 포드 둘을 지킵니다.`,
          ({ cluster }) =>
            cluster
              .settle()
              .state.peek('poddisruptionbudgets', { namespace: 'default' })
              .some(
                ({ spec, status }) =>
                  spec.selector?.matchLabels?.['app'] === web && (status.desiredHealthy ?? 0) >= 2,
              ),
        ),
        goal(
          `${node} can be drained, with two pods of ${web} ready all the while.`,
          `${web}의 포드 둘이 준비된 채로 ${node}을 drain할 수 있습니다.`,
          ({ cluster }) => {
            let fewest = readyPods(cluster, web)
            const end = cluster.on('write', () => (fewest = Math.min(fewest, readyPods(cluster, web))))
            const { exitCode } = cluster.kubectl(`drain ${node} --ignore-daemonsets --timeout=3m`)
            end()
            return exitCode === 0 && fewest >= 2
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.replicas'),
          [`nodes/${node}`]: changing('spec.unschedulable', 'spec.taints'),
          [`nodes/${other}`]: changing('spec.unschedulable', 'spec.taints'),
        }),
      ],
      promises: [staysUp(web, 2)],
      solution: `kubectl scale deployment ${web} --replicas=3; sleep 30`,
      wrongRepairs: [
        `kubectl delete pdb ${web}`,
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(patch(`pdb ${web}`, { spec: { minAvailable: 0 } }), 'sleep 10'),
        lines(`kubectl drain ${node} --ignore-daemonsets --disable-eviction`, 'sleep 60'),
        lines('kubectl delete pod --all --wait=false', 'sleep 60'),
        lines(`kubectl delete deployment ${web}`, 'sleep 60'),
        lines(patch(`pdb ${web}`, { spec: { selector: { matchLabels: { app: 'other' } } } }), 'sleep 10'),
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=1`, 'sleep 60'),
      ],
    }
  }),
  lesson('forgotten-cordon', 'easy', 3, (draw) => {
    const web = draw.app()
    const [node, other] = draw.nodes('node-2')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '점검이 끝난 다음 날',
          symptom: `어제 ${node}의 점검을 마쳤습니다. 오늘 ${web}을 넷으로 늘렸는데 둘이 Pending입니다. ${node}에는 자리가 많습니다.`,
          hints: [
            'kubectl describe pod로 스케줄러가 노드마다 무엇이라고 하는지 보세요.',
            'kubectl get nodes의 STATUS를 끝까지 읽으세요.',
          ],
          explanation:
            `점검 뒤에 uncordon을 잊어 ${node}에 저지선이 남아 있었습니다. 노드는 Ready이므로 알림도 울리지 않습니다. 점검의 마지막 ` +
            '단계는 언제나 uncordon입니다.',
        },
        en: {
          title: 'The day after the maintenance',
          symptom:
            `The maintenance of ${node} ended yesterday. Today ${web} was scaled to four, and two pods are ` +
            `Pending. ${node} has plenty of room.`,
          hints: [
            'kubectl describe pod: what does the scheduler say about each node?',
            'kubectl get nodes: read all of STATUS.',
          ],
          explanation:
            `Nobody uncordoned ${node} after the maintenance. The node is Ready, so no alarm goes off. ` +
            'Maintenance always ends ' +
            'with uncordon.',
        },
      },
      start: ({ cluster }) => {
        cluster.kubectl(`cordon ${node}`)
        cluster.apply([deployment(web, { resources: { requests: { cpu: '1500m' } } }, {}, 4)])
        cluster.settle()
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        goal(`Pods can be placed on ${node}.`, `${node}에 포드를 놓을 수 있습니다.`, ({ cluster }) =>
          cluster.state
            .peek('nodes')
            .some(({ metadata, spec }) => metadata.name === node && spec.unschedulable !== true),
        ),
        isUp(web, 4),
        keepsTheRest({ [`nodes/${node}`]: changing('spec.unschedulable', 'spec.taints') }),
      ],
      solution: `kubectl uncordon ${node}`,
      wrongRepairs: [
        lines(`kubectl set resources deployment ${web} --requests=cpu=100m`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=4`,
          'sleep 60',
        ),
        `kubectl cordon ${other}`,
        lines(
          `kubectl uncordon ${node}`,
          `kubectl set resources deployment ${web} --requests=cpu=1m`,
          'sleep 60',
        ),
        lines(`kubectl delete node ${node}`, 'sleep 60'),
      ],
    }
  }),
  lesson('taint', 'easy', 3, (draw) => {
    const web = draw.app()
    const [node, other] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '갈 곳 없는 포드',
          symptom: `${web}의 포드가 모두 Pending입니다. 노드는 Ready이고 자원도 남습니다.`,
          hints: [
            'kubectl describe pod의 이벤트에 노드별 이유가 있습니다.',
            'kubectl describe node에서 Taints를 보세요.',
            '점검을 위해 달아 둔 테인트가 남아 있습니다.',
          ],
          explanation: `모든 노드에 maintenance 테인트가 있었고 ${web}의 포드에는 그 톨러레이션이 없습니다. 테인트를 지우면 자리를 찾습니다.`,
        },
        en: {
          title: 'Pods with nowhere to go',
          symptom: `All pods of ${web} are Pending. The nodes are Ready and have room.`,
          hints: [
            'kubectl describe pod: the event has a reason for each node.',
            'kubectl describe node: look at Taints.',
            'A taint that was set for maintenance is still there.',
          ],
          explanation:
            `Every node had the taint maintenance, which the pods of ${web} do not tolerate. They are ` +
            'placed once it is removed.',
        },
      },
      start: ({ cluster }) => {
        cluster.kubectl('taint nodes --all maintenance=now:NoSchedule')
        cluster.apply([deployment(web, {})])
        cluster.settle()
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        goal(
          'No node has the taint maintenance.',
          '테인트 maintenance가 어느 노드에도 없습니다.',
          ({ cluster }) =>
            cluster.state
              .peek('nodes')
              .every(({ spec }) => !spec.taints?.some(({ key }) => key === 'maintenance')),
        ),
        isUp(web),
        keepsTheRest({
          'nodes/control-plane': changingTaint('maintenance'),
          [`nodes/${node}`]: changingTaint('maintenance'),
          [`nodes/${other}`]: changingTaint('maintenance'),
        }),
      ],
      solution: 'kubectl taint nodes --all maintenance:NoSchedule-',
      wrongRepairs: [
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } },
          }),
          'sleep 60',
        ),
        lines(`kubectl taint nodes ${node} maintenance:NoSchedule-`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 30'),
        `kubectl delete deployment ${web}`,
        lines(patch(`deployment ${web}`, { spec: { template: { spec: { nodeName: node } } } }), 'sleep 60'),
      ],
    }
  }),
]
