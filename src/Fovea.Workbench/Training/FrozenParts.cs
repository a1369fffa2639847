using System.IO.Enumeration;

namespace Fovea.Workbench;

/// <summary>Parts of a network that are not trained, named by patterns.</summary>
internal static class FrozenParts
{
    /// <summary>Freezes the modules that patterns name, with all below them and their state.</summary>
    /// <param name="model">The network.</param>
    /// <param name="patterns">Paths of modules with commas between them, <c>*</c> for any text and <c>?</c> for one
    /// character: <c>conv1,layer1*</c>.</param>
    /// <returns>What is frozen, in words.</returns>
    /// <exception cref="ArgumentException">A pattern names no module with parameters, or nothing is left to
    /// train.</exception>
    public static string Freeze(Module model, string patterns)
    {
        (string Path, Module Module)[] modules =
        [
            .. model.NamedModules().Where(m => m.Path.Length > 0 && m.Module.ParameterCount() > 0),
        ];
        foreach (string pattern in patterns.Split(',', StringSplitOptions.TrimEntries))
        {
            Module[] named =
            [
                .. modules
                    .Where(m => FileSystemName.MatchesSimpleExpression(pattern, m.Path, ignoreCase: false))
                    .Select(m => m.Module),
            ];
            if (named.Length == 0)
            {
                string there = string.Join(", ", modules.Where(m => !m.Path.Contains('.')).Select(m => m.Path));
                throw new ArgumentException(
                    $"--freeze: '{pattern}' names no part of the network with parameters. Its parts are {there}, and what is below them (layer1.0, layer1.*)."
                );
            }

            Array.ForEach(named, m => m.Freeze());
        }

        long all = model.ParameterCount(),
            left = model.ParameterCount(trainableOnly: true);
        return left > 0
            ? FormattableString.Invariant($"Frozen: {patterns}; {left:N0} of {all:N0} parameters are trained.")
            : throw new ArgumentException(
                $"--freeze: '{patterns}' leaves nothing to train. Leave the last layers out."
            );
    }
}
