import { describeOption } from "../settings/options.js";
import { negatedFlag } from "../settings/setting.js";
import { commonSettings } from "../settings/table.js";
import { type CommandSpec, command } from "./command.js";

/** The command that prints the reference of all commands. */
export const referenceOf = (commands: () => readonly CommandSpec[]): CommandSpec =>
  command({
    name: "reference",
    description: "Print every command and option, with defaults, as Markdown.",
    arguments: [],
    settings: { json: commonSettings.json },
    async run({ output }) {
      output.result(commands().map(sectionOf).join("\n"));
      output.json({ commands: commands().map(asJson) });
    },
  });

/** A command as a section of Markdown: usage, description, a table of its options. */
function sectionOf(spec: CommandSpec): string {
  const usage = spec.arguments.map(({ name, default: value, variadic }) => {
    const word = `${name}${variadic ? "..." : ""}`;
    return value === undefined ? ` <${word}>` : ` [${word}]`;
  });
  const rows = Object.entries(spec.settings).flatMap(([name, { kind }]) => {
    const { flags, help } = describeOption(spec.settings, name);
    const negated = kind.negated === undefined ? "" : `, ${negatedFlag(name)}`;
    return `| \`${flags}${negated}\` | ${help.replaceAll("|", "\\|")} |\n`;
  });
  return (
    `## neuromotor ${spec.name}${usage.join("")}\n\n${spec.description}\n\n` +
    `| option | |\n| --- | --- |\n${rows.join("")}`
  );
}

const asJson = ({ name, description, settings }: CommandSpec) => ({
  name,
  description,
  options: Object.fromEntries(Object.keys(settings).map((option) => [option, describeOption(settings, option)])),
});
