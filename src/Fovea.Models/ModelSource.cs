using System.Globalization;

namespace Fovea.Models;

/// <summary>What a MODEL argument names: a model of the zoo, a file of network text, or network text itself.</summary>
/// <remarks>
/// Text is network text where it holds a line break, <c>;</c> or <c>{</c>, or begins with <c>input</c>; else a name of
/// the zoo, with arguments or without;
/// else a file.
/// </remarks>
public static class ModelSource
{
    private const int LongestTitle = 100;

    // Ours: what small networks on small data train well with.
    private static readonly Recipe UsualTraining = new(10, 64, 1e-3, "adamw,decay=0.01", "onecycle");

    /// <summary>The text that stands for the model whatever becomes of files: a file's content, else the text as it
    /// is.</summary>
    /// <param name="text">The argument.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Resolve(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsNetworkText(text) || IsOfTheZoo(text))
        {
            return text;
        }

        RequireFile(text);
        if (!File.Exists(text))
        {
            return text;
        }

        ForeignModel.Refuse(text);
        return AsNetworkText(File.ReadAllText(text).ReplaceLineEndings("\n"));
    }

    /// <summary>Refuses a text that looks like the path of a file or folder where there is none.</summary>
    /// <param name="text">The argument.</param>
    /// <exception cref="ArgumentException">It does: it has a separator or an extension, and nothing is
    /// there.</exception>
    public static void RequireFile(string text)
    {
        bool isPath = (Path.HasExtension(text) || text.AsSpan().ContainsAny('/', '\\')) && !text.AsSpan().Contains('(');
        if (isPath && !IsOfTheZoo(text) && !File.Exists(text) && !Directory.Exists(text))
        {
            throw new ArgumentException(
                $"Model '{text}' does not exist: it looks like a path, and no file or folder is there."
            );
        }
    }

    /// <summary>Whether a text is network text, not a name.</summary>
    /// <param name="text">The text.</param>
    public static bool IsNetworkText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny("\n;{") || text.TrimStart().StartsWith("input ", StringComparison.Ordinal);
    }

    /// <summary>Builds a model to look at.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="itemShape">Shape of an item; left out: the text's own, or that the model was designed for.</param>
    /// <returns>The model, and the shape of the items it takes.</returns>
    /// <exception cref="ArgumentException">The name is unknown, an argument wrong, or the network text is
    /// (<see cref="NetworkTextException"/>).</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (Module Model, Shape ItemShape) Create(string text, Shape? itemShape = null)
    {
        string resolved = Resolve(text);
        if (!IsNetworkText(resolved))
        {
            return ModelRegistry.Create(resolved, itemShape);
        }

        (TextNetwork network, Shape item) = NetworkText.Parse(resolved, itemShape);
        return (network, item);
    }

    /// <summary>Builds a model for data of a given form.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <returns>The model, its weights drawn by <see cref="Module.Initialize"/> of seed 0.</returns>
    /// <exception cref="ArgumentException">The name is unknown, an argument wrong, the network text is
    /// (<see cref="NetworkTextException"/>), or its output is not one score a class.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Module Create(string text, Shape itemShape, int classes)
    {
        string resolved = Resolve(text);
        if (!IsNetworkText(resolved))
        {
            return ModelRegistry.Create(resolved, itemShape, classes);
        }

        TextNetwork network = NetworkText.Parse(resolved, itemShape, classes).Network;
        if (network.OutputNames.Count > 1)
        {
            throw new ArgumentException(
                $"Network text: the data has one label an item, and the network gives {string.Join(", ", network.OutputNames)}. Train it from a program: Trainer.Fit with samples and a loss of your own."
            );
        }

        SymbolicShape output = Graph.Trace(network, itemShape).Output.Shape;
        return output == SymbolicShape.BatchOf([classes])
            ? network
            : throw new ArgumentException(
                $"Network text: the output must be one score a class, [N, {classes}], got {output}. End with 'globalavgpool flatten=true' or 'flatten', then 'linear classes'."
            );
    }

    /// <summary>Shape of an item that a model was designed for, or that its text says; null where the text leaves it to the
    /// data.</summary>
    /// <param name="text">The argument.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Shape? UsualItem(string text)
    {
        string resolved = Resolve(text);
        if (!IsNetworkText(resolved))
        {
            return ModelRegistry.UsualItem(resolved);
        }

        try
        {
            return NetworkText.Parse(resolved).ItemShape;
        }
        catch (NetworkTextException)
        {
            return null; // building it for the data says what is wrong
        }
    }

    /// <summary>How a model is usually trained.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="trainItems">Number of training items, 1 or more.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe Recipe(string text, int trainItems)
    {
        string resolved = Resolve(text);
        return IsNetworkText(resolved)
            ? UsualTraining with
            {
                Batch = Math.Clamp(trainItems / 10, 4, UsualTraining.Batch),
            }
            : ModelRegistry.Recipe(resolved, trainItems);
    }

    /// <summary>A model as one short line: network text that is longer is told by its number of lines.</summary>
    /// <param name="text">The argument.</param>
    public static string Title(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        return
            !IsNetworkText(text)
            || (trimmed.Length <= LongestTitle && !trimmed.Contains('\n', StringComparison.Ordinal))
            ? trimmed
            : string.Create(
                CultureInfo.InvariantCulture,
                $"network text of {trimmed.Count(c => c is '\n' or ';') + 1} lines"
            );
    }

    private static bool IsOfTheZoo(string text) =>
        ModelRegistry.Names.Contains(text.Split('(')[0].Trim().ToLowerInvariant());

    // A file of a single line without 'input' must still be known as network text when it is read from a checkpoint.
    private static string AsNetworkText(string text) => IsNetworkText(text) ? text : text + "\n";
}
