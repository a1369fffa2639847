using System.Globalization;
using Fovea.Files;
using Fovea.Interop.PyTorch;

namespace Fovea.Interop;

/// <summary>Tensors by name in checkpoints of PyTorch (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>), as <c>torch.save</c> writes
/// them.</summary>
/// <remarks>
/// <para>Read are the zip archives of PyTorch 1.6 and later (also of TorchScript), the stream before them, and the tar
/// archive before that; the first bytes tell, not the name.</para>
/// <para>A checkpoint is a pickle: a program for Python's unpickler. It is not run here. Tensors and plain containers are
/// rebuilt; of other classes what the file says of them is kept as data, and named in the notes; what could run programs
/// is refused.</para>
/// </remarks>
public static class PyTorchCheckpoint
{
    /// <summary>Reads the tensors of a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">Which state to take where the file has several, e.g. <c>model_ema</c>: keys from the outermost
    /// dictionary on, with <c>/</c> between. <c>*</c> takes all as one, where a network's state is nested: names are then
    /// keys with <c>.</c> between. Left out: the only one.</param>
    /// <returns>The tensors. 16-bit floats become Float32, integers and truth values Int64; doubles stay Float64. Where all
    /// names begin with <c>module.</c>, <c>model.</c> or <c>_orig_mod.</c>, that is taken off, again and again.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read, is no checkpoint, breaks a rule, asks for what runs
    /// programs, has several states or none, or a tensor is of a type that is not read (complex, quantized, sparse, 8-bit
    /// float).</exception>
    public static WeightsFile Read(string path, string? state = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ModelFiles.Open(path, source => Read(source, state));
    }

    /// <summary>Writes tensors as <c>torch.save</c> writes a state dictionary; <c>torch.load</c> reads them, also with
    /// <c>weights_only</c>.</summary>
    /// <param name="path">The file. It appears whole or not at all; one that was there is replaced.</param>
    /// <param name="tensors">Tensors by name; Float32, Float64 or Int64. The same tensors give the same bytes.</param>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ModelFiles.Write(path, stream => TorchWriter.Write(stream, tensors));
    }

    /// <summary>Reads from memory.</summary>
    internal static WeightsFile Read(ReadOnlyMemory<byte> bytes, string name, string? state = null) =>
        ModelFiles.Of(bytes, name, source => Read(source, state));

    /// <summary>Reads from a source; what is damaged comes out as it was found.</summary>
    internal static WeightsFile Read(ByteSource source, string? state)
    {
        TorchContainer container = TorchContainer.Read(source);
        TorchStates states = new(container.Budget);
        IReadOnlyList<TorchState> found = states.Find(container.Root);
        TorchState chosen = Choose(container, found, state);
        TorchTensorReader reader = new(container);
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        string prefix = StatePrefix.Of([.. chosen.Tensors.Select(t => t.Name)]);
        foreach ((string name, TorchTensor tensor) in chosen.Tensors)
        {
            if (!tensors.TryAdd(name[prefix.Length..], reader.Read(name, tensor)))
            {
                throw new ModelFormatException($"{source.Name}: tensor '{ShortName.Of(name)}' is there twice.");
            }
        }

        return new WeightsFile(
            source.Name,
            $"PyTorch checkpoint ({container.Form})",
            tensors,
            [.. Notes(container, chosen, found.Count, states.Optimizers, prefix, reader)]
        )
        {
            Prefix = prefix,
        };
    }

    private static TorchState Choose(TorchContainer container, IReadOnlyList<TorchState> found, string? wanted)
    {
        string file = container.Source.Name;
        string list = string.Join(
            ", ",
            found
                .Take(20)
                .Select(s =>
                    $"'{ShortName.Of(s.Path)}' ({s.Tensors.Count.ToString(CultureInfo.InvariantCulture)} {(s.Tensors.Count == 1 ? "tensor" : "tensors")})"
                )
        );
        if (wanted == TorchState.All && found.Count > 0)
        {
            return TorchState.Joined(found, container.Budget);
        }

        if (wanted is not null)
        {
            return found.FirstOrDefault(s => s.Path == wanted)
                ?? throw new ModelFormatException(
                    found is [{ Path: "" }]
                        ? $"{file}: there is no state '{wanted}', only the file's own; name none."
                        : $"{file}: there is no state '{wanted}'; there are: {(list.Length == 0 ? "none" : list)}."
                );
        }

        string unknown =
            container.Calls.Unknown.Count == 0 ? "" : $" It has objects of {Names(container.Calls.Unknown)}.";
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ModelFormatException($"{file}: there are no tensors in it to start from.{unknown}"),
            _ => throw new ModelFormatException(
                $"{file}: has {found.Count} states: {list}. Name one of them, or {TorchState.All} for all as one (--state on the command line)."
            ),
        };
    }

    private static IEnumerable<string> Notes(
        TorchContainer container,
        TorchState chosen,
        int states,
        IReadOnlyList<string> optimizers,
        string prefix,
        TorchTensorReader reader
    )
    {
        if (chosen.Path == TorchState.All)
        {
            yield return $"{states.ToString(CultureInfo.InvariantCulture)} states were joined, names with their keys before them";
        }
        else if (chosen.Path.Length > 0 || states > 1)
        {
            yield return $"the tensors are those of '{ShortName.Of(chosen.Path)}'";
        }

        if (chosen.Class is not null)
        {
            yield return $"they were taken out of a saved module of class {ShortName.Of(chosen.Class)}, which was not made";
        }

        if (prefix.Length > 0)
        {
            yield return $"'{prefix}' was taken off all names";
        }
        else if (StatePrefix.Leftovers([.. chosen.Tensors.Select(t => t.Name)]) is { } leftovers)
        {
            yield return leftovers;
        }

        foreach (string converted in ConvertedTypes.Notes(reader.Converted))
        {
            yield return converted;
        }

        if (reader.Ties.Count > 0)
        {
            yield return $"one tensor under several names: {Names([.. reader.Ties.Select(t => $"{t.Name} = {t.First}")])}";
        }

        if (chosen.Others.Count > 0)
        {
            yield return $"left out, as no tensors: {Names(chosen.Others)}";
        }

        if (optimizers.Count > 0)
        {
            yield return $"left out, as the state of an optimizer: {string.Join(", ", optimizers.Take(3))}";
        }

        if (container.Calls.Unknown.Count > 0)
        {
            yield return $"read as data only, nothing of it was run: {Names(container.Calls.Unknown)}";
        }
    }

    private static string Names(IReadOnlyCollection<string> names)
    {
        const int Most = 6;
        string text = string.Join(", ", names.Take(Most).Select(ShortName.Of));
        return names.Count > Most
            ? $"{text} and {(names.Count - Most).ToString(CultureInfo.InvariantCulture)} more"
            : text;
    }
}
