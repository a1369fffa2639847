using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Fovea.Data;

/// <summary>A file below a class folder.</summary>
/// <param name="Path">The file.</param>
/// <param name="Class">The class folder's name, composed.</param>
internal sealed record ClassFile(string Path, string Class);

/// <summary>Reads every file once, on all processors: pictures that are whole are kept, others are told apart and
/// counted.</summary>
internal sealed class PictureCheck
{
    private const int Shown = 3;

    private static readonly string[] PictureEndings =
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".webp",
        ".gif",
        ".bmp",
    ];

    private readonly DataOptions _options;
    private readonly Shape _itemShape;
    private readonly ImageSizing _sizing;
    private bool _keepItems;

    public PictureCheck(DataOptions options, Shape itemShape, ImageSizing sizing) =>
        (_options, _itemShape, _sizing) = (options, itemShape, sizing);

    /// <summary>Damaged files, with what is wrong.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Files that are no pictures of a format that is read, by their ending or format.</summary>
    public SortedDictionary<string, int> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>The pictures among the files, in their order.</summary>
    /// <exception cref="DataFormatException">One is damaged, and damaged ones are to be refused.</exception>
    public List<PictureFile> Run(IReadOnlyList<ClassFile> files)
    {
        _keepItems = files.Count * _itemShape.Count <= _options.CacheBytes;
        (PictureFile? Picture, string? Damage, string? Other)[] found = new (PictureFile?, string?, string?)[
            files.Count
        ];
        Parallel.For(0, files.Count, i => found[i] = Read(files[i]));
        List<PictureFile> pictures = [];
        foreach ((PictureFile? picture, string? damage, string? other) in found)
        {
            if (picture is not null)
            {
                pictures.Add(picture);
            }
            else if (damage is not null)
            {
                Damaged.Add(
                    !_options.Strict
                        ? damage
                        : throw new DataFormatException(
                            $"{damage} Damaged pictures are refused here; mend or remove it."
                        )
                );
            }
            else
            {
                Others[other!] = Others.GetValueOrDefault(other!) + 1;
            }
        }

        return pictures;
    }

    /// <summary>What was left out, a sentence each.</summary>
    public IEnumerable<string> Notices(IReadOnlyList<PictureFile> pictures)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (Damaged.Count > 0)
        {
            string more = Damaged.Count > Shown ? string.Create(culture, $" and {Damaged.Count - Shown} more") : "";
            yield return string.Create(
                culture,
                $"{Count(Damaged.Count, "damaged picture")} left out: {string.Join(" ", Damaged.Take(Shown))}{more}"
            );
        }

        if (Others.Count > 0)
        {
            yield return string.Create(
                culture,
                $"{Count(Others.Values.Sum(), "file")} left out that {(Others.Values.Sum() == 1 ? "is" : "are")} no picture or of a format that is not read: {string.Join(", ", Others.Select(o => $"{o.Value} {o.Key}"))}."
            );
        }

        PictureFile[] animated = [.. pictures.Where(p => p.Frames > 1)];
        if (animated.Length > 0)
        {
            yield return string.Create(
                culture,
                $"{Count(animated.Length, "picture")} {(animated.Length == 1 ? "is" : "are")} animated, the first frame is used: {animated[0].Path}{(animated.Length > 1 ? " and others" : "")}."
            );
        }
    }

    /// <summary>Whether a file is named as a picture that can be read.</summary>
    public static bool HasPictureEnding(string file) =>
        PictureEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file starts as a picture does.</summary>
    public static bool IsPicture(string file)
    {
        try
        {
            return ImageFile.FormatOf(FileBytes.Head(file, FileKind.HeadBytes)) != ImageFormat.None;
        }
        catch (DataFormatException)
        {
            return false;
        }
    }

    /// <summary>E.g. <c>2 files</c>.</summary>
    public static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>What is no picture, or of a format that is not read: damaged where its name says that it is one.</summary>
    private static (PictureFile? Picture, string? Damage, string? Other) NoPicture(string file, byte[] head)
    {
        string ending = Path.GetExtension(file).ToLowerInvariant();
        ImageFormat format = ImageFile.FormatOf(head);
        return format != ImageFormat.None ? (null, null, $"{format} ({ending})")
            : HasPictureEnding(file)
                ? (null, $"{file}: {(head.Length == 0 ? "empty." : "not a picture, whatever its name says.")}", null)
            : (null, null, ending.Length == 0 ? "without ending" : ending);
    }

    private (PictureFile? Picture, string? Damage, string? Other) Read(ClassFile file)
    {
        try
        {
            byte[] head = FileBytes.Head(file.Path, FileKind.HeadBytes);
            if (!ImageFile.CanRead(head))
            {
                return NoPicture(file.Path, head);
            }

            byte[] bytes = FileBytes.Read(file.Path);
            RasterImage image = ImageFile.Decode(bytes, file.Path, _options.MostPixels);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            return (
                new PictureFile(
                    file.Path,
                    file.Class,
                    ImageFile.FormatOf(head),
                    image.Width,
                    image.Height,
                    image.Channels,
                    image.Frames,
                    BinaryPrimitives.ReadUInt128LittleEndian(hash),
                    _keepItems ? _sizing.Bytes(image, _itemShape) : null
                ),
                null,
                null
            );
        }
        catch (DataFormatException e)
        {
            return (null, e.Message, null);
        }
    }
}
