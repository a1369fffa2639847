using System.Reflection;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>The questions that a command asks for.</summary>
internal static class QuestionSource
{
    /// <summary>Names of the groups.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["kernels", "stride-padding", "stacks"];

    /// <summary>The library's questions and those of an assembly, of one group or all.</summary>
    /// <param name="file">The assembly; null for none.</param>
    /// <param name="group">A group's name; null for all.</param>
    public static IReadOnlyList<Question> Read(string? file, string? group)
    {
        IReadOnlyList<Question> all = file is null
            ? QuestionCatalog.BuiltIn
            : QuestionCatalog.Ordered([.. QuestionCatalog.BuiltIn, .. Own(file)]);
        if (group is null)
        {
            return all;
        }

        int index = Groups.ToList().IndexOf(group);
        return index < 0
            ? throw new ArgumentException($"--group must be one of {string.Join(", ", Groups)}, got '{group}'.")
            : [.. all.Where(q => q.Group == (QuestionGroup)(index + 1))];
    }

    private static IReadOnlyList<Question> Own(string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"--questions: there is no file {file}.");
        }

        try
        {
            IReadOnlyList<Question> found = QuestionCatalog.From(Assembly.LoadFrom(Path.GetFullPath(file)));
            return found.Count > 0
                ? found
                : throw new ArgumentException(
                    $"--questions: {file} has no public class derived from Question that has a constructor without parameters."
                );
        }
        catch (Exception e)
            when (e
                    is BadImageFormatException
                        or FileLoadException
                        or ReflectionTypeLoadException
                        or TypeLoadException
                        or FileNotFoundException
            )
        {
            throw new ArgumentException(
                $"--questions: {file} is not a .NET assembly that fits this version of Fovea: {e.Message}",
                e
            );
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new ArgumentException($"--questions: a question of {file} cannot be created: {inner.Message}", e);
        }
    }
}
