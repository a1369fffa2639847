using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>What a file holds: the saved value, and where the memory of its tensors is.</summary>
/// <param name="Source">The file.</param>
/// <param name="Form">Which of the three forms it has, in words.</param>
/// <param name="Root">The saved value.</param>
/// <param name="Stretches">Where in the file the memory of a key is, in bytes.</param>
/// <param name="IsBigEndian">Whether the highest byte of an element comes first.</param>
/// <param name="Calls">What was met of classes and functions.</param>
/// <param name="Budget">Memory that the file may take.</param>
internal sealed record TorchContainer(
    ByteSource Source,
    string Form,
    object? Root,
    IReadOnlyDictionary<string, (long Start, long Bytes)> Stretches,
    bool IsBigEndian,
    PickleCalls Calls,
    PickleBudget Budget
)
{
    /// <summary>Whether a file begins as one of the three forms.</summary>
    public static bool Is(ReadOnlySpan<byte> head) =>
        ZipArchiveReader.Is(head) || LegacyForm.Is(head) || TarForm.Is(head);

    /// <summary>Reads a file of any of the three forms, told apart by the first bytes.</summary>
    /// <exception cref="ModelFormatException">It is none of them, or breaks a rule.</exception>
    /// <exception cref="InvalidDataException">A zip archive is damaged.</exception>
    public static TorchContainer Read(ByteSource source)
    {
        byte[] head = source.Head(TarForm.HeaderBytes);
        PickleCalls calls = new(source.Name);
        PickleBudget budget = new(source.Name, source.Length);
        return ZipArchiveReader.Is(head) ? ZipForm.Read(source, calls, budget)
            : TarForm.Is(head) ? TarForm.Read(source, calls, budget)
            : LegacyForm.Is(head) ? LegacyForm.Read(source, calls, budget)
            : throw new ModelFormatException(
                $"{source.Name}: no checkpoint of PyTorch: it must begin as a zip archive, a pickle or a tar archive.{FileLooks.Hint(head)}"
            );
    }
}
