// A workflow: the agent that runs it provides `agent`, `parallel` and `phase`.
export const meta = { name: "audit", description: "Look for weak places, then plan what to do about them" };

phase("Look");
const scope = await agent("List the packages of this repository");
const [dead, slow] = await parallel([
  () => agent(`Find dead code in ${scope}`),
  () => agent(`Find slow queries in ${scope}`),
]);

phase("Plan");
const risks = await agent(`List the risks of removing ${dead}`);
const gains = await agent(`Estimate what faster queries would save: ${slow}`);

export default await agent(`Write a plan from ${risks} and ${gains}`);
