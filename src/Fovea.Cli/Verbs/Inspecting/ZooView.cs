using Fovea.Cli.Display;
using Fovea.Models;

namespace Fovea.Cli.Verbs;

/// <summary>Writes the networks of the zoo.</summary>
internal static class ZooView
{
    /// <summary>Writes each with its input and what it is.</summary>
    public static void Write(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(
                ModelRegistry.Entries.Select(e => new
                {
                    e.Name,
                    Input = SweepView.Input(e.Input),
                    e.Classes,
                    e.Arguments,
                    e.Description,
                })
            );
            return;
        }

        ResultTable table = new(new("model"), new("input"), new("what", Folds: true));
        foreach (ModelEntry entry in ModelRegistry.Entries)
        {
            table.Add(entry.Name, SweepView.Input(entry.Input), entry.Description);
        }

        terminal.Write(table.Lines(terminal));
    }
}
